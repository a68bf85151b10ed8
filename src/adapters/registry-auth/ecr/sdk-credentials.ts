/** What we use of AWS' library to come by keys. A file of its own, loaded when needed: bundled CommonJS has its names only for static imports. */
export { fromNodeProviderChain, fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers'
