import * as zeroetl from "pulumi-aws-zero-etl";

const provider = new zeroetl.AwsAccount("bank", { region: "eu-west-1", profile: process.env.PROFILE_OF_LAPTOP });

export const reference = new zeroetl.Lakehouse("bank", {}, { provider }).reference();
