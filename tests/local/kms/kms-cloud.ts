import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import { iamService } from "../../../local/services/iam";
import { kmsService } from "../../../local/services/kms";

/** A cloud with KMS and IAM alone. */
export function kmsCloud(clock = new VirtualClock()): Cloud {
  const cloud = new Cloud({ clock, folder: "" });
  cloud.register(iamService(cloud));
  cloud.register(kmsService(cloud));
  return cloud;
}
