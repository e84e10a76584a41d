import type { InputMembers } from "../../json-api/input-members.ts";
import type { JsonObject, Operation } from "../../json-api/json-service.ts";
import { adminOperation, pageOf } from "./admin-operation.ts";
import type { Group } from "../pool/groups.ts";
import type { UserPool } from "../pool/user-pool.ts";

export function groupOperations(pool: UserPool): Record<string, Operation> {
  const { users, groups } = pool;
  const membership = (asked: InputMembers) => {
    const user = users.get(asked.text("Username", { max: 128 }));
    const group = groups.get(asked.text("GroupName", { max: 128 }));
    return { user, group };
  };
  const toGroupType = (group: Group): JsonObject => ({
    GroupName: group.name,
    UserPoolId: pool.id,
    Description: group.description,
    Precedence: group.precedence,
    CreationDate: group.createdAtMs / 1000,
    LastModifiedDate: group.createdAtMs / 1000,
  });
  const listed = { limit: "Limit", token: "NextToken" };

  return {
    CreateGroup: adminOperation(pool, (asked) => {
      asked.only("UserPoolId", "GroupName", "Description", "Precedence");
      const group = groups.add({
        name: asked.text("GroupName", { max: 128 }),
        description: asked.optionalText("Description", { min: 0, max: 2048 }),
        precedence: asked.optionalWhole("Precedence", { min: 0, max: 2 ** 31 - 1 }),
      });
      return { Group: toGroupType(group) };
    }),
    ListGroups: adminOperation(pool, (asked) => {
      const { page, next } = pageOf(groups.list(), asked, listed);
      return { Groups: page.map(toGroupType), NextToken: next };
    }),
    AdminAddUserToGroup: adminOperation(pool, (asked) => {
      const { user, group } = membership(asked);
      users.update(user.username, { groups: [...new Set([...user.groups, group.name])] });
      return {};
    }),
    AdminRemoveUserFromGroup: adminOperation(pool, (asked) => {
      const { user, group } = membership(asked);
      users.update(user.username, { groups: user.groups.filter((name) => name !== group.name) });
      return {};
    }),
    AdminListGroupsForUser: adminOperation(pool, (asked) => {
      const user = users.get(asked.text("Username", { max: 128 }));
      const { page, next } = pageOf(user.groups, asked, listed);
      return { Groups: page.map((name) => toGroupType(groups.get(name))), NextToken: next };
    }),
  };
}
