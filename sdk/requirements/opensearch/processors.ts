import { problem } from "../errors";
import {
    anything,
    at,
    condition,
    duration,
    flag,
    group,
    listOf,
    mapOf,
    oneOf,
    required,
    template,
    text,
    whole,
    type Mapping,
    type Option,
} from "./options";
import { AWS_OPTIONS, type PipelineAws } from "./aws-options";

/** New attributes. Each has one of `value`, `format` and `valueExpression`. */
export interface AddEntries {
    entries: {
        key?: string;
        /** Into the metadata instead of the document. */
        metadataKey?: string;
        value?: unknown;
        /** A text with attributes in it: `${/first} ${/last}`. */
        format?: string;
        valueExpression?: string;
        addWhen?: string;
        overwriteIfKeyExists?: boolean;
        appendIfKeyExists?: boolean;
        iterateOn?: string;
    }[];
}

export interface CopyValues {
    entries: { fromKey: string; toKey: string; overwriteIfToKeyExists?: boolean; copyWhen?: string }[];
    fromList?: string;
    toList?: string;
}

/** Each entry has `fromKey` or `fromKeyRegex`. */
export interface RenameKeys {
    entries?: {
        fromKey?: string;
        fromKeyRegex?: string;
        toKey: string;
        overwriteIfToKeyExists?: boolean;
        renameWhen?: string;
    }[];
    transformKey?: string;
}

export interface DeleteEntries {
    withKeys?: string[];
    withKeysRegex?: string[];
    excludeFromDelete?: string[];
    deleteWhen?: string;
    iterateOn?: string;
    entries?: Record<string, unknown>[];
}

export interface SelectEntries {
    includeKeys?: string[];
    includeKeysRegex?: string[];
    selectWhen?: string;
}

/** `key` or `keys`. */
export interface ConvertType {
    key?: string;
    keys?: string[];
    type: "integer" | "string" | "double" | "boolean" | "long" | "big_decimal";
    /** Digits after the point, of `big_decimal`. */
    scale?: number;
    nullConversionValues?: string[];
    convertWhen?: string;
    tagsOnFailure?: string[];
}

export interface DateProcessor {
    match?: { key: string; patterns: string[] }[];
    destination?: string;
    outputFormat?: string;
    sourceTimezone?: string;
    destinationTimezone?: string;
    dateWhen?: string;
}

export interface DropEvents {
    dropWhen: string;
    /** What becomes of events that the condition cannot be told of. */
    handleFailedEvents?: "drop" | "drop_silently" | "skip" | "skip_silently";
}

export interface Flatten {
    /** Empty for the whole document. */
    source: string;
    /** Empty for the document itself. */
    target: string;
    removeSourceKeys?: boolean;
    flattenWhen?: string;
    flattenSeparator?: string;
}

export interface ParseJson {
    source?: string;
    destination?: string;
    pointer?: string;
    depth?: number;
    deleteSource?: boolean;
    parseWhen?: string;
}

export interface Truncate {
    entries: {
        sourceKeys?: string[];
        startAt?: number;
        length?: number;
        recursive?: boolean;
        truncateWhen?: string;
    }[];
}

export interface Obfuscate {
    source: string;
    target?: string;
    patterns?: string[];
    action?: Record<string, Record<string, unknown>>;
    obfuscateWhen?: string;
}

export interface AwsLambda {
    functionName: string;
    aws: PipelineAws;
    invocationType?: string;
    batch?: Record<string, unknown>;
    responseMode?: string;
    lambdaWhen?: string;
    tagsOnFailure?: string[];
}

/** Options by the name of the processor, as a program has them. */
export interface ProcessorOptions {
    addEntries: AddEntries;
    copyValues: CopyValues;
    renameKeys: RenameKeys;
    deleteEntries: DeleteEntries;
    selectEntries: SelectEntries;
    convertType: ConvertType;
    date: DateProcessor;
    dropEvents: DropEvents;
    flatten: Flatten;
    parseJson: ParseJson;
    truncate: Truncate;
    obfuscate: Obfuscate;
    awsLambda: AwsLambda;
}

/** What happens to an event on its way; any other of Data Prepper's processors as `raw`, as the YAML has it. */
export type Processor =
    | { [Name in keyof ProcessorOptions]: Record<Name, ProcessorOptions[Name]> }[keyof ProcessorOptions]
    | { raw: Record<string, Record<string, unknown>> };

const KEY = text();
const KEYS = listOf(text(), { min: 1 });

/** What is wrong where none of the options is given, or several. */
function oneAmong(...names: string[]) {
    return (argument: string, options: Mapping) => {
        const given = names.filter((name) => options[name] != null);
        return given.length === 1
            ? []
            : [
                  problem(
                      given.length === 0 ? argument : at(argument, given[1]!),
                      given.length === 0 ? `None of ${names.join(", ")} is given` : `${given.join(" and ")} are given`,
                      "Give one of them",
                  ),
              ];
    };
}

type Entry<T extends { entries?: unknown[] }> = NonNullable<T["entries"]>[number];

/** The options of each processor, by the name that a program uses. */
export const PROCESSOR_OPTIONS: { [Name in keyof ProcessorOptions]: Option } = {
    addEntries: group<AddEntries>({
        entries: required(
            listOf(
                group<Entry<AddEntries>>(
                    {
                        key: template,
                        metadataKey: text(),
                        value: anything,
                        format: template,
                        valueExpression: condition,
                        addWhen: condition,
                        overwriteIfKeyExists: flag,
                        appendIfKeyExists: flag,
                        iterateOn: text(),
                    },
                    {
                        together: (argument, entry) => [
                            ...oneAmong("key", "metadata_key")(argument, entry),
                            // `value: null` is a value.
                            ...("value" in entry && entry.value === null
                                ? []
                                : oneAmong("value", "format", "value_expression")(argument, entry)),
                        ],
                    },
                ),
                { min: 1 },
            ),
        ),
    }),
    copyValues: group<CopyValues>({
        entries: required(
            listOf(
                group<Entry<CopyValues>>({
                    fromKey: required(KEY),
                    toKey: required(KEY),
                    overwriteIfToKeyExists: flag,
                    copyWhen: condition,
                }),
                { min: 1 },
            ),
        ),
        fromList: text(),
        toList: text(),
    }),
    renameKeys: group<RenameKeys>(
        {
            entries: listOf(
                group<Entry<RenameKeys>>(
                    {
                        fromKey: KEY,
                        fromKeyRegex: text(),
                        toKey: required(KEY),
                        overwriteIfToKeyExists: flag,
                        renameWhen: condition,
                    },
                    { together: oneAmong("from_key", "from_key_regex") },
                ),
                { min: 1 },
            ),
            transformKey: text(),
        },
        {
            together: (argument, { entries, transform_key }) =>
                entries == null && transform_key == null
                    ? [problem(argument, "It has neither entries nor transform_key", "Give one of them")]
                    : [],
        },
    ),
    deleteEntries: group<DeleteEntries>({
        withKeys: KEYS,
        withKeysRegex: KEYS,
        excludeFromDelete: KEYS,
        deleteWhen: condition,
        iterateOn: text(),
        entries: listOf(mapOf(anything), { min: 1 }),
    }),
    selectEntries: group<SelectEntries>({ includeKeys: KEYS, includeKeysRegex: KEYS, selectWhen: condition }),
    convertType: group<ConvertType>(
        {
            key: KEY,
            keys: KEYS,
            type: required(oneOf("integer", "string", "double", "boolean", "long", "big_decimal")),
            scale: whole({ min: 0 }),
            nullConversionValues: listOf(text({ min: 0 })),
            convertWhen: condition,
            tagsOnFailure: KEYS,
        },
        { together: oneAmong("key", "keys") },
    ),
    date: group<DateProcessor>(
        {
            match: listOf(
                group<NonNullable<DateProcessor["match"]>[number]>({ key: required(KEY), patterns: required(KEYS) }),
                { min: 1 },
            ),
            destination: KEY,
            outputFormat: text(),
            sourceTimezone: text(),
            destinationTimezone: text(),
            dateWhen: condition,
        },
        { also: { from_time_received: flag, to_origination_metadata: flag, locale: text() } },
    ),
    dropEvents: group<DropEvents>({
        dropWhen: required(condition, "Say which events are dropped"),
        handleFailedEvents: oneOf("drop", "drop_silently", "skip", "skip_silently"),
    }),
    flatten: group<Flatten>(
        {
            source: required(text({ min: 0 }), `Give it, empty ("") for the whole document`),
            target: required(text({ min: 0 }), `Give it, empty ("") for the document itself`),
            removeSourceKeys: flag,
            flattenWhen: condition,
            flattenSeparator: text({ min: 0 }),
        },
        { also: { exclude_keys: KEYS, remove_list_indices: flag, remove_brackets: flag, tags_on_failure: KEYS } },
    ),
    parseJson: group<ParseJson>(
        {
            source: KEY,
            destination: KEY,
            pointer: text(),
            depth: whole({ min: 0 }),
            deleteSource: flag,
            parseWhen: condition,
        },
        { also: { overwrite_if_destination_exists: flag, tags_on_failure: KEYS, handle_failed_events: text() } },
    ),
    truncate: group<Truncate>({
        entries: required(
            listOf(
                group<Entry<Truncate>>(
                    {
                        sourceKeys: KEYS,
                        startAt: whole({ min: 0 }),
                        length: whole({ min: 0 }),
                        recursive: flag,
                        truncateWhen: condition,
                    },
                    {
                        together: (argument, { start_at, length }) =>
                            start_at == null && length == null
                                ? [problem(argument, "It has neither start_at nor length", "Give one of them")]
                                : [],
                    },
                ),
                { min: 1 },
            ),
        ),
    }),
    obfuscate: group<Obfuscate>(
        {
            source: required(KEY),
            target: KEY,
            patterns: KEYS,
            action: mapOf(anything),
            obfuscateWhen: condition,
        },
        { also: { single_word_only: flag, tags_on_match_failure: KEYS } },
    ),
    awsLambda: group<AwsLambda>(
        {
            functionName: required(text()),
            aws: required(group<PipelineAws>(AWS_OPTIONS)),
            invocationType: text(),
            batch: mapOf(anything),
            responseMode: text(),
            lambdaWhen: condition,
            tagsOnFailure: KEYS,
        },
        {
            also: {
                client: mapOf(anything),
                circuit_breaker_retries: whole(),
                circuit_breaker_wait_interval: duration(),
            },
        },
    ),
};

/** Others of Data Prepper, whose options are not judged. Which of them OpenSearch Ingestion admits, its ValidatePipeline says. */
export const OTHER_PROCESSORS = [
    "add_time",
    "aggregate",
    "anomaly_detector",
    "csv",
    "decompress",
    "delay",
    "detect_format",
    "dissect",
    "geoip",
    "grok",
    "key_value",
    "list_to_map",
    "lowercase_string",
    "map_to_list",
    "ml_inference",
    "otel_apm_service_map",
    "otel_metrics",
    "otel_traces",
    "otel_trace_group",
    "otel_trace_raw",
    "parse_ion",
    "parse_xml",
    "rate_limiter",
    "replace_string",
    "s3_enrich",
    "service_map",
    "service_map_stateful",
    "split_event",
    "split_string",
    "string_converter",
    "substitute_string",
    "trace_peer_forwarder",
    "translate",
    "trim_string",
    "uppercase_string",
    "user_agent",
    "write_json",
];

/** Processors that keep events back, and end a source's acknowledgements. */
export const STATEFUL_PROCESSORS = ["aggregate", "service_map", "service_map_stateful", "otel_apm_service_map"];
