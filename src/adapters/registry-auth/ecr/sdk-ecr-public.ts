/** What we use of AWS' library for public ECR; loaded when needed, as `sdk-credentials.ts` is. */
export { CreateRepositoryCommand, ECRPUBLICClient, GetAuthorizationTokenCommand, SetRepositoryPolicyCommand } from '@aws-sdk/client-ecr-public'
