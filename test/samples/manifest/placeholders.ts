/** Placeholders of the documents, and values that are legal in their place. */
export const account = { AWS_ACCOUNT_ID: '"123456789012"', REGION: 'us-east-1' }
export const repo = { REPO: 'example/repo', ...account }
export const repoName = { REPO_NAME: 'example/repo', REGION: 'us-east-1', ACCOUNT: '"123456789012"', IMAGE_NAME: 'example-image' }
export const skipVerify = { 'BuildAndPush---': 'BuildAndPushDockerRegistry', '...': 'connectorRef: hub\nrepo: example/repo\ntags: [a]' }
export const secrets = { 'dockerRepo/imageName': 'docker-repo/image-name' }
export const dns = { 'vvv.xxx.yyy.zzz': '10.0.0.53' }
