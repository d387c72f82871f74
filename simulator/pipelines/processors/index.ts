import { addEntries } from "./add-entries";
import { awsLambda } from "./aws-lambda";
import { convertType } from "./convert-type";
import { copyValues } from "./copy-values";
import { date } from "./date";
import { deleteEntries } from "./delete-entries";
import { dropEvents } from "./drop-events";
import { flatten } from "./flatten";
import { obfuscate } from "./obfuscate";
import { parseJson } from "./parse-json";
import type { Processor } from "./processor";
import { renameKeys } from "./rename-keys";
import { selectEntries } from "./select-entries";
import { truncate } from "./truncate";

/** By the names that bodies have for them. */
export const processors: Record<string, Processor> = {
    add_entries: addEntries,
    aws_lambda: awsLambda,
    convert_entry_type: convertType,
    convert_type: convertType,
    copy_values: copyValues,
    date,
    delete_entries: deleteEntries,
    drop_events: dropEvents,
    flatten,
    obfuscate,
    parse_json: parseJson,
    rename_keys: renameKeys,
    select_entries: selectEntries,
    truncate,
};
