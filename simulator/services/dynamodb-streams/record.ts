import { createHash } from "node:crypto";
import type { AttributeValue, _Record } from "@aws-sdk/client-dynamodb-streams";

import type { Change, Stream } from "../dynamodb/table";
import { sizeOfItem, type Item } from "../dynamodb/values";
import { sequenceNumber, type TableStream } from "./shard";

/** A change as readers of the stream see it. @param index the change's place in the table's history */
export function recordOf({ stream }: TableStream, change: Change, index: number, awsRegion: string): _Record {
    const { key, before, after, at } = change;
    const images = imagesOf(stream, change);
    return {
        eventID: createHash("md5").update(`${stream.arn}/${index}`).digest("hex"),
        eventName: !before ? "INSERT" : after ? "MODIFY" : "REMOVE",
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion,
        dynamodb: {
            // To the second.
            ApproximateCreationDateTime: new Date(Math.floor(at / 1000) * 1000),
            Keys: key as Record<string, AttributeValue>,
            ...images,
            SequenceNumber: sequenceNumber(index),
            SizeBytes: [key, ...Object.values(images)].reduce((sum, item) => sum + sizeOfItem(item), 0),
            StreamViewType: stream.viewType,
        },
    };
}

function imagesOf({ viewType }: Stream, { before, after }: Change): { NewImage?: Item; OldImage?: Item } {
    const isWanted = (image: string) => viewType === image || viewType === "NEW_AND_OLD_IMAGES";
    return {
        ...(after && isWanted("NEW_IMAGE") && { NewImage: after }),
        ...(before && isWanted("OLD_IMAGE") && { OldImage: before }),
    };
}
