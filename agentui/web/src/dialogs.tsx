// The questions that stand before everything else: which one does.
import { Beginning } from "./beginning";
import { Labels, Return, Snooze, Transfer } from "./deeds";
import { thread } from "./desk";
import { Factor } from "./factor";
import { KeepingViews } from "./keeping-views";
import { Meant } from "./meant";
import { Asking, Closing, Modal, asked, done } from "./modal";
import { Help, Palette } from "./palette";
import { Keeping } from "./saved";
import { Sessions } from "./sessions";
import { t as say } from "./t";

export function Dialogs() {
  const a = asked.value;
  if (a === "help") return <Help />;
  if (a === "palette") return <Palette />;
  if (a === "factor") {
    return (
      <Closing title={say("your_sign_in")}>
        <Sessions />
        <h3>{say("second_factor")}</h3>
        <Factor />
      </Closing>
    );
  }
  if (a === "begin") {
    return (
      <Modal title={say("begin_new")}>
        <Beginning done={done} />
      </Modal>
    );
  }
  if (a === "question") return <Asking />;
  if (a === "meant") return <Meant />;
  if (a === "views") return <KeepingViews />;
  if (a === "replies") {
    return (
      <Closing title={say("saved")}>
        <Keeping />
      </Closing>
    );
  }
  if (a === "" || thread.value === null) return null;
  switch (a) {
    case "return":
      return <Return />;
    case "transfer":
      return <Transfer />;
    case "snooze":
      return <Snooze />;
    case "labels":
      return <Labels />;
  }
}
