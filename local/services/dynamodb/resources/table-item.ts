import type { Created, Json, ResourceType } from "../../../service";
import type { Dependencies } from "../access";
import { storageKey } from "../engine/keys";
import { preparePut } from "../requests/put";
import { readItem } from "../validation/attribute-values";
import type { AttributeValue, Item } from "../values";

interface Properties {
  readonly tableName: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  /** The item in attribute-value JSON. */
  readonly item: string;
}

/** `aws.dynamodb.TableItem`: one item, given as text. */
export function tableItemType({ cloud, database }: Dependencies): ResourceType {
  const put = (inputs: Json): Created => {
    const { tableName, hashKey, rangeKey, item: text } = inputs as unknown as Properties;
    const item = JSON.parse(text) as Item;
    const { table, key } = preparePut(database, { TableName: tableName, Item: item });
    table.write(key, table.rows.get(key), readItem(item), cloud.clock.now());
    database.wrote(table);
    database.announce();
    const hashKeyValue = textOf(item[hashKey]);
    const rangeKeyValue = rangeKey === undefined ? "" : textOf(item[rangeKey]);
    const id = [tableName, hashKey, hashKeyValue, ...(rangeKey === undefined ? [] : [rangeKey, rangeKeyValue])].join(
      "|",
    );
    return { id, state: { ...inputs, id, hashKeyValue, rangeKeyValue, region: cloud.region } };
  };
  return {
    create: put,
    update: (_id, inputs) => put(inputs),
    delete(_id, state) {
      const { tableName, item } = state as unknown as Properties;
      const table = database.find(tableName);
      if (!table) return;
      const key = storageKey(table.keys, readItem(JSON.parse(item) as Item));
      table.write(key, table.rows.get(key), undefined, cloud.clock.now());
      database.wrote(table);
      database.announce();
    },
  };
}

function textOf(value: AttributeValue | undefined): string {
  return value?.S ?? value?.N ?? value?.B ?? "";
}
