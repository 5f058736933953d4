// The demo's phones: what some customers of the demo business see, side by side. What is
// typed here becomes a signed webhook, as a carrier would send it.
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import type { Bubble, FromServer, Handset, Start, ToServer } from "./phone-wire";
import { box } from "./phone-box";

const bubbles = signal<Bubble[]>([]);
const starts = signal<Start[]>([]);
const phones = signal<Handset[]>([]);
const off = signal<string[]>([]);
const who = signal({ line: "", brand: "" });
const chosen = signal(""); // the phone that events are for
const online = signal(false);
const trouble = signal("");
const ahead = signal(0); // ms that the demo's clock is before this one
const tick = signal(0);

let socket: WebSocket | undefined;
let pause = 250;

function connect() {
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(url);
  socket.onopen = () => {
    online.value = true;
    pause = 250;
  };
  socket.onclose = () => {
    online.value = false;
    setTimeout(connect, pause * (0.5 + Math.random() / 2));
    pause = Math.min(pause * 2, 8000);
  };
  socket.onmessage = (e: MessageEvent<string>) => receive(JSON.parse(e.data) as FromServer);
}

function receive(m: FromServer) {
  switch (m.op) {
    case "hello":
      who.value = { line: m.line, brand: m.brand };
      phones.value = m.phones;
      off.value = m.off;
      starts.value = m.starts;
      bubbles.value = m.bubbles;
      ahead.value = m.now - Date.now();
      if (chosen.value === "") chosen.value = m.phones[0]?.number ?? "";
      break;
    case "bubble": {
      const rest = bubbles.value.filter((b) => b.id !== m.bubble.id);
      bubbles.value = [...rest, m.bubble].sort((a, b) => a.at - b.at);
      break;
    }
    case "switched":
      off.value = [...off.value.filter((n) => n !== m.phone), ...(m.off ? [m.phone] : [])];
      break;
    case "clock":
      ahead.value = m.now - Date.now();
      break;
    case "error":
      trouble.value = m.text;
      break;
  }
}

function send(m: ToServer) {
  trouble.value = "";
  socket?.send(JSON.stringify(m));
}

async function photo(phone: string, picture: Blob, text = "") {
  trouble.value = "";
  const answer = await fetch("media", { method: "POST", body: picture }).catch(() => null);
  if (answer?.ok) send({ op: "text", phone, text, picture: await answer.text() });
  else trouble.value = (await answer?.text()) ?? "the picture was not taken";
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const today = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const now = () => (tick.value, Date.now() + ahead.value);
const status = { "": "", sending: "sending …", sent: "✓ sent", failed: "not sent" };

function Text({ b }: { b: Bubble }) {
  return (
    <li class={b.mine ? "mine" : "theirs"}>
      {b.media?.map((m) => <img key={m} src={`media/${m}`} alt="Picture" />)}
      {b.text !== "" && <p dir="auto">{b.text}</p>}
      <small>
        <span class="hidden">{b.mine ? "You, " : `${who.value.brand}, `}</span>
        <time dateTime={new Date(b.at).toISOString()}>{clock.format(b.at)}</time>
        {b.mine && <span class={b.status === "failed" ? "failed" : ""}> {status[b.status]}</span>}
      </small>
    </li>
  );
}

function Thread({ phone }: { phone: Handset }) {
  const end = useRef<HTMLDivElement>(null);
  const mine = bubbles.value.filter((b) => b.phone === phone.number);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [mine.length]);
  return (
    <div class="thread" role="log" aria-live="polite" aria-label={`Texts of ${phone.name}`} tabIndex={0}>
      {mine.length === 0 && <p class="empty">No texts yet. Let something happen at the business, or text anything.</p>}
      <ol>
        {mine.map((b, i) => {
          const date = day.format(b.at);
          const before = mine[i - 1];
          return [before === undefined || day.format(before.at) !== date ? <li class="day" key={b.id + "day"}>{date}</li> : null, <Text key={b.id} b={b} />];
        })}
      </ol>
      <div ref={end} />
    </div>
  );
}

function Writing({ phone, dark }: { phone: Handset; dark: boolean }) {
  const box = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const submit = (e: Event) => {
    e.preventDefault();
    const text = box.current!.value.trim();
    if (text === "" || !online.value) return;
    send({ op: "text", phone: phone.number, text, picture: "" });
    box.current!.value = "";
  };
  return (
    <form onSubmit={submit}>
      <button type="button" class="plus" aria-label={`Send a picture as ${phone.name}`} disabled={!online.value || dark} onClick={() => file.current!.click()}>
        +
      </button>
      <input
        ref={file}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        hidden
        onChange={(e) => {
          const chosen = e.currentTarget.files?.[0];
          if (chosen) void photo(phone.number, chosen);
          e.currentTarget.value = "";
        }}
      />
      <input ref={box} aria-label={`Text message of ${phone.name}`} placeholder="Text message" autocomplete="off" maxLength={1000} disabled={dark} />
      <button type="submit" class="send" aria-label={`Send as ${phone.name}`} disabled={!online.value || dark}>
        ↑
      </button>
    </form>
  );
}

function Phone({ phone }: { phone: Handset }) {
  const dark = off.value.includes(phone.number);
  const choose = () => (chosen.value = phone.number);
  return (
    <section class={`phone${chosen.value === phone.number ? " chosen" : ""}${dark ? " dark" : ""}`} aria-label={`${phone.name}’s phone`} onFocusCapture={choose} onPointerDown={choose}>
      <div class="bar">
        <time>{clock.format(now())}</time>
        <span>{`${phone.name} · ${phone.number}`}</span>
        <button type="button" class="power" aria-pressed={!dark} aria-label={`${phone.name}’s phone is on`} title={dark ? "Turn it on" : "Turn it off"} onClick={() => send({ op: "turn", phone: phone.number, off: !dark })}>
          {dark ? "off" : "on"}
        </button>
      </div>
      <header>
        <span class="avatar" aria-hidden="true">{who.value.brand.slice(0, 1)}</span>
        <div>
          <h2>{who.value.brand}</h2>
          <p>{who.value.line}</p>
        </div>
      </header>
      <Thread phone={phone} />
      {dark && <p class="asleep">This phone is off. Texts wait for it at the carrier.</p>}
      <Writing phone={phone} dark={dark} />
    </section>
  );
}

function Happenings() {
  const phone = phones.value.find((p) => p.number === chosen.value);
  if (phone === undefined) return null;
  const dark = off.value.includes(phone.number);
  return (
    <aside aria-label="What may happen">
      <h2>Something happens to {phone.name}</h2>
      <p>Each button posts one event to the API, as the business’s own system would.</p>
      {starts.value.map((s) => (
        <button key={s.name} type="button" class="event" disabled={!online.value} onClick={() => send({ op: "start", phone: phone.number, name: s.name })}>
          <code>{s.name}</code>
          <span>{s.title}</span>
        </button>
      ))}
      <h2>Try</h2>
      <p>
        Answer in your own words: <q>yeah it did</q>, <q>2, the box is crushed</q>. Text STOP, then START. Text HELP.
      </p>
      <button type="button" class="event" disabled={!online.value || dark} onClick={() => void box().then((b) => photo(phone.number, b, "look at this"))}>
        <code>a photo of the box</code>
        <span>Goes out as a picture message; the console shows it to whoever answers.</span>
      </button>
    </aside>
  );
}

function Demo() {
  return (
    <main>
      <div class="top">
        <h1>{who.value.brand === "" ? "…" : `Customers of ${who.value.brand}`}</h1>
        <span class={online.value ? "dot on" : "dot"} role="status">
          {online.value ? "connected" : "reconnecting"}
        </span>
        <div class="time" role="group" aria-label="The demo’s clock">
          <time>{today.format(now())}</time>
          {([[1, "+1 hour"], [24, "+1 day"], [72, "+3 days"]] as const).map(([hours, label]) => (
            <button key={hours} type="button" disabled={!online.value} title="Let time pass: what waits for an answer waits no longer" onClick={() => send({ op: "travel", hours })}>
              {label}
            </button>
          ))}
        </div>
      </div>
      {trouble.value !== "" && <p class="trouble" role="alert">{trouble.value}</p>}
      <div class="who" role="group" aria-label="Whose phone">
        {phones.value.map((p) => (
          <button key={p.number} type="button" aria-pressed={chosen.value === p.number} onClick={() => (chosen.value = p.number)}>
            {p.name}
          </button>
        ))}
      </div>
      <div class="phones">
        {phones.value.map((p) => (
          <Phone key={p.number} phone={p} />
        ))}
      </div>
      <Happenings />
    </main>
  );
}

render(<Demo />, document.body);
setInterval(() => tick.value++, 10_000);
connect();
