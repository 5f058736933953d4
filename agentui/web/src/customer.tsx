// Whom one talks to, where the bot is with them, and what there was before.
import { customer, now, show, thread } from "./desk";
import { aside } from "./head";
import { Icon } from "./icons";
import { because, language, moment, there } from "./words";
import type { Customer, Live, Thread } from "./console-wire";

const agreed = { "": "Has said nothing", in: "Has opted in", out: "Has opted out" } as const;

const accounts: Record<string, string> = {
  active: "Active",
  alerted: "Payments are held",
  locked: "Locked",
  verifying: "Locked: proof is under way",
  cooling: "Unlocks soon",
  suspended: "Locked for good: two agents lead out of it",
};

function Run({ r, here }: { r: Live; here: boolean }) {
  return (
    <div class="run">
      <h4>
        {r.title ?? r.flow} {r.key && <span class="faint">{r.key}</span>}
      </h4>
      <p>
        {here ? "Handed over at" : "Is at"} <code>{r.state}</code>
      </p>
      {r.gone && <p class="faint">Its version is no longer stored: nothing of it can be shown.</p>}
      {r.vars.length > 0 && (
        <dl class="facts">
          {r.vars
            .filter((v) => v.value !== "")
            .map((v) => (
              <div key={v.name}>
                <dt>{v.name}</dt>
                <dd dir="auto">{v.secret ? <span title="Secret: no screen shows it">{v.value}</span> : v.value}</dd>
              </div>
            ))}
        </dl>
      )}
    </div>
  );
}

function Why({ t }: { t: Thread }) {
  const h = t.handoff;
  if (h === undefined || t.owner === "bot") return null;
  const last = t.items.flatMap((i) => i.decisions ?? []).filter((d) => d.about === "handoff").at(-1);
  return (
    <section>
      <h3>Why it is here</h3>
      <p>
        <strong>{because(h.reason)}</strong>
        {h.queue && (
          <>
            , for <b>{h.queue}</b>
          </>
        )}
        {h.since ? <span class="faint"> · {moment(h.since)}</span> : null}
      </p>
      {h.note && (
        <p class="quote" dir="auto">
          {h.note}
        </p>
      )}
      {last?.why && last.why !== h.reason && <p class="faint">{last.why}</p>}
    </section>
  );
}

function Facts({ k }: { k: Customer }) {
  const clock = k.timezone ? there(k.timezone, now.value) : "";
  return (
    <section>
      <h3>Customer</h3>
      <dl class="facts">
        <div>
          <dt>Number</dt>
          <dd class="number">{k.phone}</dd>
        </div>
        <div>
          <dt>Writes to</dt>
          <dd>
            {k.brand} <span class="number faint">{k.line}</span>
          </dd>
        </div>
        {k.language && (
          <div>
            <dt>Language</dt>
            <dd>{language(k.language)}</dd>
          </div>
        )}
        {clock !== "" && (
          <div>
            <dt>Local time</dt>
            <dd>
              {clock} <span class="faint">{k.timezone}</span>
            </dd>
          </div>
        )}
        <div>
          <dt>Consent</dt>
          <dd>
            <span class={k.consent.state === "out" ? "bad" : ""}>{agreed[k.consent.state]}</span>
            {k.consent.at ? <span class="faint"> {moment(k.consent.at)}</span> : null}
          </dd>
        </div>
        {k.tags.length > 0 && (
          <div>
            <dt>Tags</dt>
            <dd>{k.tags.join(", ")}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function Past({ k }: { k: Customer }) {
  return (
    <>
      {k.others.length > 0 && (
        <section>
          <h3>Other conversations</h3>
          <ul class="plainlist">
            {k.others.map((o) => (
              <li key={o.id}>
                <button type="button" class="link" onClick={() => void show(o.id)}>
                  {o.line}
                </button>{" "}
                <span class="faint">
                  {o.owner === "bot" ? "with the bot" : o.owner === "queue" ? "waits" : "with an agent"} {o.flows.join(", ")}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Before</h3>
        {k.ends.length === 0 ? (
          <p class="faint">Nothing has come to an end yet.</p>
        ) : (
          <ul class="plainlist">
            {k.ends.map((e, i) => (
              <li key={i}>
                <b>{e.flow}</b> {e.outcome.replaceAll("_", " ")} <span class="faint">{moment(e.at)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

export function Aside() {
  const t = thread.value;
  const k = customer.value;
  if (t === null || !aside.value) return null;
  return (
    <aside class="aside" aria-label="About the customer">
      <button type="button" class="plain square shut" aria-label="Close" onClick={() => (aside.value = false)}>
        <Icon name="close" />
      </button>
      <Why t={t} />
      {t.runs.length > 0 && (
        <section>
          <h3>The bot</h3>
          {t.runs.map((r) => (
            <Run key={r.id} r={r} here={r.id === t.handoff?.run} />
          ))}
        </section>
      )}
      {k !== null && <Facts k={k} />}
      {k !== null && k.accounts.length > 0 && (
        <section>
          <h3>Accounts</h3>
          {k.accounts.map((a) => (
            <div key={a.name} class="account">
              <b>{a.name}</b> <span class={a.state === "active" ? "good" : "bad"}>{accounts[a.state] ?? a.state}</span>
              <p class="faint">
                {(a.scopes ?? []).join(", ")} {a.since ? `since ${moment(a.since)}` : ""}
                {a.proposed && ` · ${a.proposed} would unlock it, a second agent has to agree`}
                {a.unlock_at ? ` · opens ${moment(a.unlock_at)}` : ""}
              </p>
            </div>
          ))}
        </section>
      )}
      {k !== null && <Past k={k} />}
    </aside>
  );
}
