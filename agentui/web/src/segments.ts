// What carriers bill for a text: the same count as outbound/segment, held to the same
// vectors (test/segments.test.mjs).

export interface Count {
  segments: number;
  encoding: "GSM-7" | "UCS-2";
  units: number;
  left: number; // units that still fit into the last segment
  offending: string; // the first character that forces UCS-2; "": none
}

// The alphabet of 3GPP TS 23.038; what stands in the extension costs two.
const basic = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const extended = new Set("\f^{}\\[~]|€");

export function count(text: string): Count {
  let offending = "";
  for (const c of text) {
    if (!basic.has(c) && !extended.has(c)) {
      offending = c;
      break;
    }
  }
  const gsm = offending === "";
  const [single, part] = gsm ? [160, 153] : [70, 67];
  let units = 0;
  let segments = 1;
  let fill = 0;
  for (const c of text) {
    const n = gsm ? (basic.has(c) ? 1 : 2) : c.length;
    units += n;
    if (fill + n > part) {
      segments++;
      fill = 0;
    }
    fill += n;
  }
  const encoding = gsm ? "GSM-7" : "UCS-2";
  if (units <= single) return { segments: 1, encoding, units, left: single - units, offending };
  return { segments, encoding, units, left: part - fill, offending };
}

// plainer says what could stand in a character's place at half the price; "" when nothing can.
const plain: Record<string, string> = {
  "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "`": "'", "\t": " ", "•": "-", "ç": "c", "´": "'",
};

export const plainer = (c: string): string => plain[c] ?? "";

// simplified puts plain characters wherever there are some.
export const simplified = (text: string): string => [...text].map((c) => (basic.has(c) || extended.has(c) ? c : (plain[c] ?? c))).join("");
