// The demo phone: what a customer of the demo business sees. What is typed here
// becomes a signed webhook, as a carrier would send it.
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import type { Bubble, FromServer, Start, ToServer } from "./wire";

const bubbles = signal<Bubble[]>([]);
const starts = signal<Start[]>([]);
const who = signal({ line: "", phone: "", brand: "" });
const online = signal(false);
const trouble = signal("");
const draft = signal("");

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
      who.value = { line: m.line, phone: m.phone, brand: m.brand };
      starts.value = m.starts;
      bubbles.value = m.bubbles;
      break;
    case "bubble": {
      const rest = bubbles.value.filter((b) => b.id !== m.bubble.id);
      bubbles.value = [...rest, m.bubble].sort((a, b) => a.at - b.at);
      break;
    }
    case "error":
      trouble.value = m.text;
      break;
  }
}

function send(m: ToServer) {
  trouble.value = "";
  socket?.send(JSON.stringify(m));
}

function submit(e: Event) {
  e.preventDefault();
  const text = draft.value.trim();
  if (text === "" || !online.value) return;
  send({ op: "text", text });
  draft.value = "";
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

function Thread() {
  const end = useRef<HTMLDivElement>(null);
  const count = bubbles.value.length;
  useEffect(() => end.current?.scrollIntoView({ block: "end" }), [count]);
  return (
    <div class="thread" role="log" aria-live="polite" aria-label="Texts" tabIndex={0}>
      {count === 0 && <p class="empty">No texts yet. Start a conversation on the right, or text anything.</p>}
      <ol>
        {bubbles.value.map((b) => (
          <li key={b.id} class={b.mine ? "mine" : "theirs"}>
            <p dir="auto">{b.text}</p>
            <small>
              <span class="hidden">{b.mine ? "You, " : `${who.value.brand}, `}</span>
              <time dateTime={new Date(b.at).toISOString()}>{clock.format(b.at)}</time>
              {b.mine && b.status === "failed" && <span class="failed"> not sent</span>}
            </small>
          </li>
        ))}
      </ol>
      <div ref={end} />
    </div>
  );
}

function Phone() {
  return (
    <main>
      <section class="phone" aria-label="Phone">
        <header>
          <span class="avatar" aria-hidden="true">{who.value.brand.slice(0, 1)}</span>
          <div>
            <h1>{who.value.brand || "…"}</h1>
            <p>{who.value.line}</p>
          </div>
          <span class={online.value ? "dot on" : "dot"} role="status">
            {online.value ? "connected" : "reconnecting"}
          </span>
        </header>
        <Thread />
        {trouble.value !== "" && <p class="trouble" role="alert">{trouble.value}</p>}
        <form onSubmit={submit}>
          <input
            aria-label="Text message"
            placeholder="Text message"
            autocomplete="off"
            maxLength={1000}
            value={draft.value}
            onInput={(e) => (draft.value = e.currentTarget.value)}
          />
          <button type="submit" disabled={!online.value || draft.value.trim() === ""}>Send</button>
        </form>
      </section>
      <aside>
        <h2>Something happens at the business</h2>
        <p>Each button posts one event to the API, as the business's own system would.</p>
        {starts.value.map((s) => (
          <button key={s.name} disabled={!online.value} onClick={() => send({ op: "start", name: s.name })}>
            <code>{s.name}</code>
            <span>{s.title}</span>
          </button>
        ))}
        <h2>Try</h2>
        <p>Answer in your own words: <q>yeah it did</q>, <q>2, the box is crushed</q>. Text STOP, then START. Text HELP.</p>
        <p class="number">This phone is {who.value.phone}.</p>
      </aside>
    </main>
  );
}

render(<Phone />, document.body);
connect();
