// When an answer is due: in words and with a sign, and in a colour besides.
import { Icon } from "./icons";
import { due } from "./words";

export function Clock({ at, now }: { at: number | undefined; now: number }) {
  if (at === undefined) return null;
  const [kind, text] = due(at, now);
  return (
    <span class={`chip due ${kind}`}>
      <Icon name={kind === "late" ? "late" : "clock"} /> {text}
    </span>
  );
}
