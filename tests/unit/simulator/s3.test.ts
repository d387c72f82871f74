import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { allServices } from "../../../simulator/services";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const OWNER = "111111111111";
const STRANGER = "222222222222";
const BUCKET = "bank-lakehouse";

describe("simulated S3", () => {
    let world: World;
    let owner: Context;

    beforeEach(async () => {
        world = new World({ services: allServices });
        owner = world.administrator(OWNER);
        await makeBucket();
    });
    afterEach(() => world.stop());

    const call = (operation: string, input: object = {}, ctx = owner) =>
        ctx.call("s3", operation, operation === "ListBuckets" ? input : { Bucket: BUCKET, ...input });
    const makeBucket = (Bucket = BUCKET, LocationConstraint: string | undefined = "eu-west-1", ctx = owner) =>
        call("CreateBucket", { Bucket, CreateBucketConfiguration: { LocationConstraint } }, ctx);
    const put = (Key: string, Body = "", more: object = {}) => call("PutObject", { Key, Body, ...more });
    const read = async (Key: string, more: object = {}, ctx = owner) =>
        Buffer.from((await call("GetObject", { Key, ...more }, ctx)).Body).toString();
    const keys = async (more: object = {}) =>
        (await call("ListObjectsV2", more)).Contents.map((object: { Key: string }) => object.Key);
    const letIn = (principal: object | string, Action: string[]) =>
        JSON.stringify({
            Version: "2012-10-17",
            Statement: {
                Effect: "Allow",
                Principal: principal,
                Action,
                Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
            },
        });

    describe("buckets", () => {
        it("have one name in the partition, whoever asks for it", async () => {
            await refused(makeBucket(), "BucketAlreadyOwnedByYou");
            await refused(makeBucket(BUCKET, "eu-west-1", world.administrator(STRANGER)), "BucketAlreadyExists");
            await makeBucket(BUCKET, "cn-north-1", world.administrator(OWNER, "cn-north-1"));
        });

        it("are made where their constraint says, and only there", async () => {
            const first = world.administrator(OWNER, "us-east-1");
            await refused(makeBucket("other", "eu-west-2"), "IllegalLocationConstraintException", /^The eu-west-2 /);
            await refused(
                call("CreateBucket", { Bucket: "other" }),
                "IllegalLocationConstraintException",
                /^The unspecified /,
            );
            await refused(makeBucket("other", "us-east-1", first), "InvalidLocationConstraint");
            await call("CreateBucket", { Bucket: "first" }, first);
            assert.deepEqual(await call("GetBucketLocation", { Bucket: "first" }), {});
            assert.deepEqual(await call("GetBucketLocation", {}, first), { LocationConstraint: "eu-west-1" });
            await refused(call("ListObjectsV2", {}, first), "PermanentRedirect");
        });

        for (const name of ["ab", "Bank", "a..b", "-bank", "192.168.1.1", "bank-s3alias"]) {
            it(`are not called ${name}`, () => refused(makeBucket(name), "InvalidBucketName"));
        }

        it("are deleted only when empty, versions included", async () => {
            await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
            const { VersionId } = await put("a");
            const marker = await call("DeleteObject", { Key: "a" });
            assert.deepEqual(await keys(), []);
            await refused(call("DeleteBucket"), "BucketNotEmpty", /all versions/);
            await call("DeleteObjects", {
                Delete: {
                    Objects: [
                        { Key: "a", VersionId },
                        { Key: "a", VersionId: marker.VersionId },
                    ],
                },
            });
            await call("DeleteBucket");
            await refused(call("HeadBucket"), "NotFound");
            await refused(call("ListObjectsV2"), "NoSuchBucket");
            assert.deepEqual((await call("ListBuckets")).Buckets, []);
        });

        const ABSENT: [operation: string, code: string][] = [
            ["GetBucketPolicy", "NoSuchBucketPolicy"],
            ["GetBucketTagging", "NoSuchTagSet"],
            ["GetBucketCors", "NoSuchCORSConfiguration"],
            ["GetBucketWebsite", "NoSuchWebsiteConfiguration"],
            ["GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"],
            ["GetBucketReplication", "ReplicationConfigurationNotFoundError"],
            ["GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"],
        ];
        for (const [operation, code] of ABSENT) {
            it(`answer ${operation} with ${code} when new`, () => refused(call(operation), code));
        }

        it("have AWS's defaults when new", async () => {
            const all = {
                BlockPublicAcls: true,
                IgnorePublicAcls: true,
                BlockPublicPolicy: true,
                RestrictPublicBuckets: true,
            };
            assert.deepEqual(await call("GetPublicAccessBlock"), { PublicAccessBlockConfiguration: all });
            const { Rules } = (await call("GetBucketEncryption")).ServerSideEncryptionConfiguration;
            assert.equal(Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm, "AES256");
            const controls = { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] };
            assert.deepEqual(await call("GetBucketOwnershipControls"), { OwnershipControls: controls });
            assert.deepEqual(await call("GetBucketVersioning"), {});
            assert.deepEqual(await call("GetBucketLogging"), {});
            assert.deepEqual(await call("GetBucketRequestPayment"), { Payer: "BucketOwner" });
            assert.equal((await call("GetBucketAcl")).Grants[0].Permission, "FULL_CONTROL");
        });

        it("keep what is put, and forget what is deleted", async () => {
            const TagSet = [{ Key: "team", Value: "bank" }];
            await call("PutBucketTagging", { Tagging: { TagSet } });
            assert.deepEqual(await call("GetBucketTagging"), { TagSet });
            await call("DeleteBucketTagging");
            await refused(call("GetBucketTagging"), "NoSuchTagSet");
            const Rules = [{ ID: "old", Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } }];
            await call("PutBucketLifecycleConfiguration", { LifecycleConfiguration: { Rules } });
            assert.deepEqual(await call("GetBucketLifecycleConfiguration"), {
                Rules,
                TransitionDefaultMinimumObjectSize: "all_storage_classes_128K",
            });
            await call("PutBucketEncryption", {
                ServerSideEncryptionConfiguration: {
                    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
                },
            });
            await call("DeleteBucketEncryption");
            const { ServerSideEncryptionConfiguration } = await call("GetBucketEncryption");
            assert.equal(
                ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm,
                "AES256",
            );
        });
    });

    describe("policies", () => {
        it("let another account in, as far as they say", async () => {
            const stranger = world.administrator(STRANGER);
            await put("a", "hello");
            await refused(read("a", {}, stranger), "AccessDenied", /s3:GetObject .* resource-based policy/);
            await call("PutBucketPolicy", { Policy: letIn({ AWS: STRANGER }, ["s3:GetObject"]) });
            assert.equal(await read("a", {}, stranger), "hello");
            await refused(call("PutObject", { Key: "b" }, stranger), "AccessDenied");
            // Who may not list does not learn what is missing.
            await refused(read("none", {}, stranger), "AccessDenied");
            await refused(read("none"), "NoSuchKey");
            await call("DeleteBucketPolicy");
            await refused(read("a", {}, stranger), "AccessDenied");
        });

        it("deny even the owner's administrator", async () => {
            const Policy = letIn({ AWS: OWNER }, ["s3:PutObject"]).replace("Allow", "Deny");
            await call("PutBucketPolicy", { Policy });
            await refused(put("a"), "AccessDenied", /explicit deny/);
        });

        it("are refused when malformed, of another bucket, or public", async () => {
            await refused(call("PutBucketPolicy", { Policy: "{" }), "MalformedPolicy");
            const foreign = letIn({ AWS: STRANGER }, ["s3:GetObject"]).replaceAll(BUCKET, "other");
            await refused(call("PutBucketPolicy", { Policy: foreign }), "MalformedPolicy", /invalid resource/);
            const open = { Policy: letIn("*", ["s3:GetObject"]) };
            await refused(call("PutBucketPolicy", open), "AccessDenied", /BlockPublicPolicy/);
            await call("DeletePublicAccessBlock");
            await call("PutBucketPolicy", open);
        });
    });

    describe("objects", () => {
        it("come back as they were put, with the MD5 of their bytes", async () => {
            const { ETag } = await put("a/b", "hello", { ContentType: "text/plain", Metadata: { from: "test" } });
            assert.equal(ETag, `"${createHash("md5").update("hello").digest("hex")}"`);
            const { Body, ...headers } = await call("GetObject", { Key: "a/b" });
            assert.equal(Buffer.from(Body).toString(), "hello");
            assert.deepEqual(
                [headers.ContentType, headers.Metadata, headers.ContentLength, headers.ServerSideEncryption],
                ["text/plain", { from: "test" }, 5, "AES256"],
            );
            assert.deepEqual(await call("HeadObject", { Key: "a/b" }), headers);
            await refused(call("HeadObject", { Key: "none" }), "NotFound");
        });

        const RANGES: [header: string, body: string, contentRange: string | undefined][] = [
            ["bytes=0-0", "0", "bytes 0-0/10"],
            ["bytes=7-", "789", "bytes 7-9/10"],
            ["bytes=-2", "89", "bytes 8-9/10"],
            ["bytes=5-99", "56789", "bytes 5-9/10"],
            ["lines=1-2", "0123456789", undefined],
        ];
        for (const [Range, body, contentRange] of RANGES) {
            it(`are read in part with ${Range}`, async () => {
                await put("digits", "0123456789");
                const answer = await call("GetObject", { Key: "digits", Range });
                assert.equal(Buffer.from(answer.Body).toString(), body);
                assert.deepEqual([answer.ContentRange, answer.ContentLength], [contentRange, body.length]);
            });
        }

        it("refuse a range that they do not have, and conditions that do not hold", async () => {
            const { ETag } = await put("a", "x");
            await refused(read("a", { Range: "bytes=1-" }), "InvalidRange");
            await refused(put("a", "", { IfNoneMatch: "*" }), "PreconditionFailed");
            await refused(read("a", { IfMatch: '"other"' }), "PreconditionFailed");
            await refused(read("a", { IfNoneMatch: ETag }), "NotModified");
            await put("a", "y", { IfMatch: ETag });
        });

        it("keep their versions where the bucket does", async () => {
            await put("a", "replaced");
            await put("a", "before");
            await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
            const { VersionId } = await put("a", "first");
            await put("a", "second");
            await call("DeleteObject", { Key: "a" });
            await refused(read("a"), "NoSuchKey");
            assert.equal(await read("a", { VersionId }), "first");
            assert.equal(await read("a", { VersionId: "null" }), "before");
            const { Versions, DeleteMarkers } = await call("ListObjectVersions");
            assert.equal(Versions.length, 3);
            assert.deepEqual([DeleteMarkers.length, DeleteMarkers[0].IsLatest], [1, true]);
            await call("DeleteObject", { Key: "a", VersionId: DeleteMarkers[0].VersionId });
            assert.equal(await read("a"), "second");
        });

        it("are copied with their attributes, or with others", async () => {
            await put("a b", "x", { ContentType: "text/plain", Tagging: "team=bank" });
            await call("CopyObject", { Key: "copy", CopySource: `${BUCKET}/a%20b` });
            const copy = await call("HeadObject", { Key: "copy" });
            assert.deepEqual([copy.ContentType, copy.TagCount], ["text/plain", 1]);
            await refused(
                call("CopyObject", { Key: "a b", CopySource: `${BUCKET}/a%20b` }),
                "InvalidRequest",
                /itself/,
            );
        });

        it("carry tags", async () => {
            await put("a");
            const TagSet = [{ Key: "team", Value: "bank" }];
            await call("PutObjectTagging", { Key: "a", Tagging: { TagSet } });
            assert.deepEqual((await call("GetObjectTagging", { Key: "a" })).TagSet, TagSet);
            await call("DeleteObjectTagging", { Key: "a" });
            assert.deepEqual((await call("GetObjectTagging", { Key: "a" })).TagSet, []);
        });

        it("are deleted one by one as each key is allowed", async () => {
            await put("mine/a");
            await put("theirs/a");
            const Policy = letIn({ AWS: STRANGER }, ["s3:DeleteObject"]).replace(`${BUCKET}/*`, `${BUCKET}/theirs/*`);
            await call("PutBucketPolicy", { Policy });
            const Delete = { Objects: [{ Key: "mine/a" }, { Key: "theirs/a" }] };
            const { Deleted, Errors } = await call("DeleteObjects", { Delete }, world.administrator(STRANGER));
            assert.deepEqual([Deleted[0].Key, Errors[0].Key, Errors[0].Code], ["theirs/a", "mine/a", "AccessDenied"]);
            assert.deepEqual(await keys(), ["mine/a"]);
        });

        it("with a customer's key are written and read only by those whom the key lets in", async () => {
            const { KeyMetadata } = await owner.call("kms", "CreateKey");
            const encryption = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyMetadata.Arn };
            assert.equal((await put("a", "secret", encryption)).SSEKMSKeyId, KeyMetadata.Arn);
            assert.equal(await read("a"), "secret");
            await call("PutBucketPolicy", { Policy: letIn({ AWS: STRANGER }, ["s3:GetObject", "s3:PutObject"]) });
            const stranger = world.administrator(STRANGER);
            await refused(read("a", {}, stranger), "AccessDenied", /kms:Decrypt/);
            await refused(
                call("PutObject", { Key: "b", ...encryption }, stranger),
                "AccessDenied",
                /kms:GenerateDataKey/,
            );
        });
    });

    describe("listings", () => {
        it("fold keys at a delimiter, and give everything once whatever the page's size", async () => {
            for (const key of ["a/1", "a/2", "b", "c/1", "d/1", "d/2"]) {
                await put(key);
            }
            for (const operation of ["ListObjectsV2", "ListObjects", "ListObjectVersions"]) {
                for (const MaxKeys of [1, 2, 3, 4, 10]) {
                    const seen: string[] = [];
                    let pages = 0;
                    let next: object | undefined = {};
                    while (next) {
                        pages++;
                        const page: Record<string, never> = await call(operation, { Delimiter: "/", MaxKeys, ...next });
                        const entries: { Key: string }[] = page.Contents ?? page.Versions;
                        const prefixes: { Prefix: string }[] = page.CommonPrefixes;
                        assert.ok(entries.length + prefixes.length <= MaxKeys);
                        seen.push(...entries.map((entry) => entry.Key), ...prefixes.map((prefix) => prefix.Prefix));
                        next = page.IsTruncated
                            ? {
                                  ContinuationToken: page.NextContinuationToken,
                                  Marker: page.NextMarker,
                                  KeyMarker: page.NextKeyMarker,
                                  VersionIdMarker: page.NextVersionIdMarker,
                              }
                            : undefined;
                    }
                    assert.deepEqual(seen.sort(), ["a/", "b", "c/", "d/"], `${operation} by ${MaxKeys}`);
                    assert.equal(pages, Math.ceil(seen.length / MaxKeys), `${operation} by ${MaxKeys}`);
                }
            }
        });

        it("are in the order of the keys' bytes, from a prefix or a key on", async () => {
            const names = fc.uniqueArray(
                fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "/", "é", "😀", "～") }),
            );
            await fc.assert(
                fc.asyncProperty(names, async (created) => {
                    for (const key of await keys()) {
                        await call("DeleteObject", { Key: key });
                    }
                    for (const key of created) {
                        await put(key);
                    }
                    const expected = [...created].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
                    assert.deepEqual(await keys(), expected);
                    assert.deepEqual(
                        await keys({ Prefix: "a" }),
                        expected.filter((key) => key.startsWith("a")),
                    );
                    assert.deepEqual(await keys({ StartAfter: expected[0] }), expected.slice(1));
                }),
                { numRuns: 30 },
            );
        });
    });

    describe("multipart uploads", () => {
        const PART = "x".repeat(5 * 1024 * 1024);
        const upload = async (bodies: string[]) => {
            const { UploadId } = await call("CreateMultipartUpload", { Key: "big" });
            const Parts: { PartNumber: number; ETag: string }[] = [];
            for (const [at, Body] of bodies.entries()) {
                const { ETag } = await call("UploadPart", { Key: "big", UploadId, PartNumber: at + 1, Body });
                Parts.push({ PartNumber: at + 1, ETag });
            }
            const complete = (parts = Parts) =>
                call("CompleteMultipartUpload", { Key: "big", UploadId, MultipartUpload: { Parts: parts } });
            return { UploadId, Parts, complete };
        };

        it("become one object with the hash of hashes as ETag", async () => {
            const { complete } = await upload([PART, "end"]);
            assert.deepEqual(await keys(), []);
            const { ETag } = await complete();
            const hash = (body: string | Buffer) => createHash("md5").update(body).digest();
            assert.equal(ETag, `"${hash(Buffer.concat([hash(PART), hash("end")])).toString("hex")}-2"`);
            assert.equal((await call("HeadObject", { Key: "big" })).ContentLength, PART.length + 3);
        });

        it("are refused with parts too small, out of order, or unknown", async () => {
            const { Parts, complete } = await upload(["small", "end"]);
            await refused(complete(), "EntityTooSmall");
            await refused(complete(Parts.toReversed()), "InvalidPartOrder");
            await refused(complete([{ PartNumber: 3, ETag: Parts[0].ETag }]), "InvalidPart");
        });

        it("are gone once aborted", async () => {
            const { UploadId, complete } = await upload(["a"]);
            assert.equal((await call("ListParts", { Key: "big", UploadId })).Parts.length, 1);
            await call("AbortMultipartUpload", { Key: "big", UploadId });
            await refused(complete(), "NoSuchUpload");
        });
    });
});

async function refused(answer: Promise<unknown>, code: string, message = /./): Promise<void> {
    const error = await answer.then(
        () => assert.fail(`expected ${code}`),
        (reason) => reason,
    );
    assert.equal(error.code, code, error.stack);
    assert.match(error.message, message);
}
