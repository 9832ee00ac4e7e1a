import { PolicyPack } from "@pulumi/policy";
import { EXCEPTIONS } from "./exceptions";
import { listenToEngine } from "./framework/told";
import { policies } from "./library";

listenToEngine();
new PolicyPack("games-messaging", {
  description: "What weakens encryption, privilege, failure handling or exposure of a messaging stack is refused.",
  enforcementLevel: "mandatory",
  policies: policies({ exceptions: EXCEPTIONS }),
});
