// What the demo phone's socket carries; agentui/phone.go has the same types.

export interface Bubble {
  id: string;
  mine: boolean; // typed on this phone
  text: string;
  at: number; // Unix ms
  status: "" | "sending" | "sent" | "failed";
  media?: string[];
}

export interface Start {
  name: string;
  title: string;
}

export type FromServer =
  | { op: "hello"; line: string; phone: string; brand: string; starts: Start[]; bubbles: Bubble[] }
  | { op: "bubble"; bubble: Bubble }
  | { op: "typing"; on: boolean }
  | { op: "error"; text: string };

export type ToServer = { op: "text"; text: string } | { op: "start"; name: string };
