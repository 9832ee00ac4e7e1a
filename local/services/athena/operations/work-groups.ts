import { AwsError } from "../../../aws-error";
import type { Operation } from "../../../service";
import type { WorkGroup, WorkGroups } from "../workgroups";

interface NameInput {
  readonly WorkGroup: string;
}

export function getWorkGroup(groups: WorkGroups): Operation<NameInput> {
  return {
    authorize: (input) => [{ action: "athena:GetWorkGroup", resource: groups.arn(input.WorkGroup) }],
    answer: (input) => ({ WorkGroup: groups.get(input.WorkGroup) }),
  };
}

export function listWorkGroups(groups: WorkGroups): Operation {
  return {
    authorize: () => [{ action: "athena:ListWorkGroups", resource: "*" }],
    answer: () => ({
      WorkGroups: groups.all().map(({ Name, State, Description, CreationTime, Configuration }) => ({
        Name,
        State,
        CreationTime,
        EngineVersion: Configuration.EngineVersion,
        ...(Description === undefined ? {} : { Description }),
      })),
    }),
  };
}

interface CreateInput {
  readonly Name: string;
  readonly Description?: string;
  readonly Configuration?: Partial<WorkGroup["Configuration"]>;
}

export function createWorkGroup(groups: WorkGroups): Operation<CreateInput> {
  return {
    authorize: (input) => [{ action: "athena:CreateWorkGroup", resource: groups.arn(input.Name) }],
    answer(input) {
      if (groups.all().some(({ Name }) => Name === input.Name))
        throw new AwsError("InvalidRequestException", "WorkGroup is already created");
      const { Configuration, ...rest } = input;
      groups.put({ ...rest, Configuration: Configuration ?? {} });
      return {};
    },
  };
}
