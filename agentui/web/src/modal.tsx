// What every question that stands before everything else is made of: one stands at a time.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { refused } from "./composer";
import { loadColleagues } from "./desk";
import { forget } from "./factor";
import { t as say } from "./t";

type Asked = "" | "return" | "transfer" | "snooze" | "labels" | "replies" | "help" | "palette" | "factor" | "begin" | "question" | "meant" | "views";
export const asked = signal<Asked>("");

interface Question {
  title: string;
  text: string;
  yes: string;
}
const question = signal<(Question & { answer: (yes: boolean) => void }) | null>(null);

// ask puts a yes or no before somebody.
export function ask(q: Question): Promise<boolean> {
  asked.value = "question";
  return new Promise((answer) => (question.value = { ...q, answer }));
}

export function begin(what: Asked) {
  refused.value = null;
  if (what === "transfer") void loadColleagues();
  asked.value = what;
}

export function done() {
  forget();
  question.value?.answer(false);
  question.value = null;
  asked.value = "";
}

export function Modal({ title, children }: { title: string; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => (before as HTMLElement | null)?.focus?.();
  }, []);
  return (
    <dialog ref={box} aria-labelledby="asked" onClose={done} onClick={(e) => e.target === box.current && done()}>
      <div class="sheet">
        <h2 id="asked">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

export function Buttons({ yes }: { yes: string }) {
  return (
    <div class="buttons end">
      <button type="button" class="plain" onClick={done}>{say("cancel")}</button>
      <button type="submit">{yes}</button>
    </div>
  );
}

// submits reads a form and closes the dialog when what it asks for was done.
export function submits(go: (form: FormData) => Promise<boolean>) {
  return (e: SubmitEvent) => {
    e.preventDefault();
    void go(new FormData(e.currentTarget as HTMLFormElement)).then((ok) => {
      if (ok) done();
    });
  };
}

export const of = (form: FormData, name: string) => String(form.get(name) ?? "");

/** A dialog in which nothing is decided by leaving it. */
export function Closing(p: { title: string; children: ComponentChildren }) {
  return (
    <Modal title={p.title}>
      {p.children}
      <div class="buttons end">
        <button type="button" class="plain" onClick={done}>{say("close")}</button>
      </div>
    </Modal>
  );
}

export function Asking() {
  const q = question.value;
  if (q === null) return null;
  return (
    <Modal title={q.title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          q.answer(true);
          done();
        }}
      >
        <p>{q.text}</p>
        <Buttons yes={q.yes} />
      </form>
    </Modal>
  );
}
