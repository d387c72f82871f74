import { oneDomainPolicyWriter } from "./one-domain-policy-writer";
import { pipelineAdvice } from "./pipeline-advice";
import { pipelineBody } from "./pipeline-body";
import { pipelineBucketLifecycle } from "./pipeline-bucket-lifecycle";
import { pipelineBucketRegion } from "./pipeline-bucket-region";
import { pipelineCapacityRule } from "./pipeline-capacity";
import { pipelineChangeStreamRetention } from "./pipeline-change-stream-retention";
import { pipelineDeadLetters } from "./pipeline-dead-letters";
import { pipelineLimits } from "./pipeline-limits";
import { pipelineLogGroup } from "./pipeline-log-group";
import { pipelineNetwork } from "./pipeline-network";
import { pipelineRolePermissions } from "./pipeline-role-permissions";
import { pipelineRoleTrust } from "./pipeline-role-trust";
import { pipelineRoleWidth } from "./pipeline-role-width";
import { pipelineSourceRecovery } from "./pipeline-source-recovery";
import { pipelineSourceStream } from "./pipeline-source-stream";
import { pipelineTimeSeries } from "./pipeline-time-series";
import { searchCollectionPublic } from "./search-collection-public";
import { searchDomainOpen } from "./search-domain-open";

/** The rules for pipelines into OpenSearch: source, body, role, buckets, network, target, limits, what exists once, advice. */
export const pipelineRules = [
    pipelineSourceStream,
    pipelineSourceRecovery,
    pipelineChangeStreamRetention,
    pipelineBody,
    pipelineDeadLetters,
    pipelineTimeSeries,
    pipelineRoleTrust,
    pipelineRolePermissions,
    pipelineRoleWidth,
    pipelineBucketRegion,
    pipelineBucketLifecycle,
    pipelineNetwork,
    searchDomainOpen,
    searchCollectionPublic,
    pipelineLimits,
    pipelineLogGroup,
    pipelineCapacityRule,
    oneDomainPolicyWriter,
    pipelineAdvice,
] as const;
