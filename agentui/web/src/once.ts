// Ids of commands: the server carries each out once, so that what may have arrived goes out
// under the same again.
import { uuid7 } from "./outbox";

export class Once {
  private readonly open = new Map<string, string>(); // by what is commanded

  // id is the same for the same until there was an answer to it.
  id(what: string): string {
    const id = this.open.get(what) ?? uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
    this.open.set(what, id);
    return id;
  }

  // answered ends an id, unless the server says (503) that it cannot tell.
  answered(what: string, status: number) {
    if (status !== 503) this.open.delete(what);
  }
}
