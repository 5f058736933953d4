// Whom one talks to, where the bot is with them, and what there was before.
import { customer, now, show, thread } from "./desk";
import { aside } from "./head";
import { Icon } from "./icons";
import { rich, t as say } from "./t";
import { because, language, moment, there } from "./words";
import { Unlock, proposed } from "./unlock";
import type { Customer, Live, Thread } from "./console-wire";

const agreed = { "": say("consent.none"), in: say("consent.in"), out: say("consent.out") };

function Run({ r, here }: { r: Live; here: boolean }) {
  return (
    <div class="run">
      <h4>
        <bdi>{r.title ?? r.flow}</bdi> {r.key && <bdi class="faint">{r.key}</bdi>}
      </h4>
      <p>
        {rich(here ? "handed_at" : "is_at", { state: <code>{r.state}</code> })}
      </p>
      {r.gone && <p class="faint">{say("run_gone")}</p>}
      {r.vars.length > 0 && (
        <dl class="facts">
          {r.vars
            .filter((v) => v.value !== "")
            .map((v) => (
              <div key={v.name}>
                <dt>{v.name}</dt>
                <dd dir="auto">{v.secret ? <span title={say("secret_shown")}>{v.value}</span> : v.value}</dd>
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
      <h3>{say("why_here")}</h3>
      <p>
        <strong>{because(h.reason)}</strong>
        {h.queue && (
          <>
            {" "}
            · <b>{h.queue}</b>
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
      <h3>{say("customer")}</h3>
      <dl class="facts">
        <div>
          <dt>{say("number")}</dt>
          <dd class="number">{k.phone}</dd>
        </div>
        <div>
          <dt>{say("writes_to")}</dt>
          <dd>
            {k.brand} <span class="number faint">{k.line}</span>
          </dd>
        </div>
        {k.language && (
          <div>
            <dt>{say("language")}</dt>
            <dd>{language(k.language)}</dd>
          </div>
        )}
        {clock !== "" && (
          <div>
            <dt>{say("local_time")}</dt>
            <dd>
              {clock} <span class="faint">{k.timezone}</span>
            </dd>
          </div>
        )}
        <div>
          <dt>{say("consent")}</dt>
          <dd>
            <span class={k.consent.state === "out" ? "bad" : ""}>{agreed[k.consent.state]}</span>
            {k.consent.at ? <span class="faint"> {moment(k.consent.at)}</span> : null}
          </dd>
        </div>
        {k.tags.length > 0 && (
          <div>
            <dt>{say("tags")}</dt>
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
          <h3>{say("others")}</h3>
          <ul class="plainlist">
            {k.others.map((o) => (
              <li key={o.id}>
                <button type="button" class="link" onClick={() => void show(o.id)}>
                  {o.line}
                </button>{" "}
                <span class="faint">
                  {say(`with.${o.owner}`)} {o.flows.join(", ")}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{say("before")}</h3>
        {k.ends.length === 0 ? (
          <p class="faint">{say("no_ends")}</p>
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
    <aside class="aside" aria-label={say("about")}>
      <button type="button" class="plain square shut" aria-label={say("close")} onClick={() => (aside.value = false)}>
        <Icon name="close" />
      </button>
      <Why t={t} />
      {t.runs.length > 0 && (
        <section>
          <h3>{say("the_bot")}</h3>
          {t.runs.map((r) => (
            <Run key={r.id} r={r} here={r.id === t.handoff?.run} />
          ))}
        </section>
      )}
      {k !== null && <Facts k={k} />}
      {k !== null && k.accounts.length > 0 && (
        <section>
          <h3>{say("accounts")}</h3>
          {k.accounts.map((a) => (
            <div key={a.name} class="account">
              <b>{a.name}</b> <span class={a.state === "active" ? "good" : "bad"}>{say(`account.${a.state}`)}</span>
              <p class="faint">
                {(a.scopes ?? []).join(", ")} {a.since ? say("since", { when: moment(a.since) }) : ""}
                {proposed(a)}
                {a.unlock_at ? ` · ${say("opens", { when: moment(a.unlock_at) })}` : ""}
              </p>
              <Unlock a={a} />
            </div>
          ))}
        </section>
      )}
      {k !== null && <Past k={k} />}
    </aside>
  );
}
