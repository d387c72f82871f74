/** What `pulumi --policy-pack` starts: the rules as they are, to be configured with `--policy-pack-config`. */
import { ZeroEtlPolicies } from "./index";

new ZeroEtlPolicies();
