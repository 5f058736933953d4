// What was sent from here and is not with the server yet, at the end of its thread.
import { takeBack } from "./composer";
import { online } from "./line";
import { anyway } from "./outbox";
import { cancel, insist } from "./sending";
import { said, t } from "./t";
import { time } from "./words";
import type { Asks, Outgoing } from "./outbox";

// why says what has to be decided.
function why(o: Outgoing, a: Asks): string {
  const who = o.refusal?.current?.agent;
  if (a === "old") return t(o.tried ? "asks.old_tried" : "asks.old");
  if (a === "moved") return t("asks.moved");
  if (a === "theirs") return who ? t("has_it_now", { who }) : t("asks.theirs");
  return said(o.refusal);
}

export function Waiting({ o }: { o: Outgoing }) {
  const note = o.command.op === "note";
  return (
    <li class={note ? "note waiting" : "bubble by-agent waiting"}>
      <p dir="auto">{o.text}</p>
      <div class="meta">
        <b>{o.me}</b>
        <time dateTime={new Date(o.at).toISOString()}>{time(o.at)}</time>
        {o.asks === undefined && <span>{t("queued")}</span>}
        {o.asks === undefined && !online.value && (
          <button type="button" class="link" onClick={() => void cancel(o)}>{t("cancel")}</button>
        )}
      </div>
      {o.asks !== undefined && (
        <div class="banner warn" role="alert">
          <span>
            <strong>{t("not_sent")}</strong> {why(o, o.asks)}
          </span>
          <div class="buttons">
            {anyway(o.asks) && (
              <button type="button" class="plain small" onClick={() => void insist(o)}>{t("send_anyway")}</button>
            )}
            {o.command.op !== "resend" && (
              <button type="button" class="plain small" onClick={() => void takeBack(o)}>{t("change_it")}</button>
            )}
            <button type="button" class="plain small" onClick={() => void cancel(o)}>{t("cancel")}</button>
          </div>
        </div>
      )}
    </li>
  );
}
