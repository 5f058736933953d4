// What was sent from here and is not with the server yet, at the end of its thread.
import { sentence, takeBack } from "./composer";
import { online } from "./line";
import { anyway } from "./outbox";
import { cancel, insist } from "./sending";
import { time } from "./words";
import type { Asks, Outgoing } from "./outbox";

const asks: Record<Asks, (o: Outgoing) => string> = {
  old: (o) => (o.tried ? "It is more than five minutes old and may have gone out already: sent again, it still goes out once." : "It is more than five minutes old."),
  moved: () => "The conversation has moved on. Read what is new.",
  theirs: (o) => (o.refusal?.current?.agent ? `${o.refusal.current.agent} has this conversation now.` : "The conversation is no longer yours: take it first."),
  quiet: (o) => sentence(o.refusal?.detail ?? ""),
  unsure: (o) => sentence(o.refusal?.detail ?? ""),
  refused: (o) => sentence(o.refusal?.detail ?? ""),
};

export function Waiting({ o }: { o: Outgoing }) {
  const note = o.command.op === "note";
  return (
    <li class={note ? "note waiting" : "bubble by-agent waiting"}>
      <p dir="auto">{o.text}</p>
      <div class="meta">
        <b>{o.me}</b>
        <time dateTime={new Date(o.at).toISOString()}>{time(o.at)}</time>
        {o.asks === undefined && <span>queued</span>}
        {o.asks === undefined && !online.value && (
          <button type="button" class="link" onClick={() => void cancel(o)}>
            Cancel
          </button>
        )}
      </div>
      {o.asks !== undefined && (
        <div class="banner warn" role="alert">
          <span>
            <strong>Not sent.</strong> {asks[o.asks](o)}
          </span>
          <div class="buttons">
            {anyway(o.asks) && (
              <button type="button" class="plain small" onClick={() => void insist(o)}>
                Send anyway
              </button>
            )}
            {o.command.op !== "resend" && (
              <button type="button" class="plain small" onClick={() => void takeBack(o)}>
                Change it
              </button>
            )}
            <button type="button" class="plain small" onClick={() => void cancel(o)}>
              Cancel
            </button>
          </div>
        </div>
      )}
    </li>
  );
}
