import { ACCOUNT, awsError, REGION } from "./offline";

interface Tag {
    Key: string;
    Value: string;
}

/** An integration in the words that RDS and Redshift share. */
export interface FakeIntegration {
    IntegrationArn: string;
    IntegrationName: string;
    SourceArn: string;
    TargetArn: string;
    Status: string;
    Description?: string;
    DataFilter?: string;
    KMSKeyId?: string;
    Errors?: { ErrorCode: string; ErrorMessage?: string }[];
    CreateTime: Date;
    Tags: Tag[];
}

interface Request extends Partial<FakeIntegration> {
    TagList?: Tag[];
    IntegrationIdentifier?: string;
    ResourceName?: string;
    TagKeys?: string[];
    Marker?: string;
}

/** The integrations of RDS or of Redshift, which change by each look at all of them. */
export class FakeIntegrations {
    readonly all: FakeIntegration[] = [];
    /** Each call that writes, by its name. */
    readonly calls: [operation: string, request: Request][] = [];
    /** The status that comes after `creating`. */
    outcome = "active";
    /** How often a create is refused, since another integration of its source is being created. */
    conflicts = 0;

    constructor(private readonly service: "rds" | "redshift") {}

    readonly describeIntegrations = async ({ IntegrationArn, IntegrationIdentifier, Marker }: Request) => {
        const arn = IntegrationArn ?? IntegrationIdentifier;
        if (arn !== undefined) {
            const found = this.all.filter((each) => each.IntegrationArn === arn);
            if (found.length === 0) {
                throw awsError("IntegrationNotFoundFault", `There is no ${arn}`, 404);
            }
            return { Integrations: found.map((each) => ({ ...each })) };
        }
        const seen = this.all.map((each) => ({ ...each }));
        this.pass();
        // Two pages, as AWS gives long lists.
        return Marker ? { Integrations: seen.slice(1) } : { Integrations: seen.slice(0, 1), Marker: "more" };
    };

    readonly createIntegration = async (request: Request) => {
        this.calls.push(["createIntegration", request]);
        if (this.conflicts-- > 0) {
            throw awsError("IntegrationConflictOperationFault", "Another integration of the source is being created");
        }
        const { TagList, Tags = TagList!, ...rest } = request;
        const made = {
            ...rest,
            IntegrationArn: `arn:aws:${this.service}:${REGION}:${ACCOUNT}:integration:${this.all.length}`,
            Status: "creating",
            CreateTime: new Date(),
            Tags,
        } as FakeIntegration;
        this.all.push(made);
        return { ...made };
    };

    readonly modifyIntegration = async (request: Request) => {
        this.calls.push(["modifyIntegration", request]);
        const found = this.settled(request);
        const { IntegrationName, Description, DataFilter } = request;
        found.IntegrationName = IntegrationName ?? found.IntegrationName;
        found.Description = Description ?? found.Description;
        found.DataFilter = DataFilter ?? found.DataFilter;
        found.Status = "modifying";
    };

    readonly deleteIntegration = async (request: Request) => {
        this.calls.push(["deleteIntegration", request]);
        this.settled(request).Status = "deleting";
    };

    readonly addTagsToResource = async ({ ResourceName, Tags = [] }: Request) => {
        const found = this.all.find(({ IntegrationArn }) => IntegrationArn === ResourceName)!;
        const others = found.Tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key));
        found.Tags = [...others, ...Tags];
    };
    readonly createTags = this.addTagsToResource;

    readonly removeTagsFromResource = async ({ ResourceName, TagKeys = [] }: Request) => {
        const found = this.all.find(({ IntegrationArn }) => IntegrationArn === ResourceName)!;
        found.Tags = found.Tags.filter(({ Key }) => !TagKeys.includes(Key));
    };
    readonly deleteTags = this.removeTagsFromResource;

    called(operation: string): Request[] {
        return this.calls.filter(([name]) => name === operation).map(([, request]) => request);
    }

    private settled({ IntegrationArn, IntegrationIdentifier }: Request): FakeIntegration {
        const found = this.all.find((each) => each.IntegrationArn === (IntegrationArn ?? IntegrationIdentifier))!;
        if (["creating", "modifying", "deleting"].includes(found.Status)) {
            const code = this.service === "rds" ? "InvalidIntegrationStateFault" : "IntegrationConflictStateFault";
            throw awsError(code, `It is ${found.Status}`);
        }
        return found;
    }

    private pass(): void {
        for (const each of [...this.all]) {
            if (each.Status === "creating") {
                each.Status = this.outcome;
            } else if (each.Status === "modifying") {
                each.Status = "active";
            } else if (each.Status === "deleting") {
                this.all.splice(this.all.indexOf(each), 1);
            }
        }
    }
}
