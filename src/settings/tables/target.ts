/** Where the image goes: repository, registry, and the parts each cloud names them by. */
import { flag, key, keyIn, none, onlyWith, text } from '../define.ts'
import { classic, everywhere, kaniko, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

export const targetSettings = {
  repo: text({
    env: everywhere('PLUGIN_REPO'),
    yaml: keyIn({ docker: ['repo'], ecr: ['imageName'], gar: ['imageName'], gcr: ['imageName'], acr: ['repository'] }),
    doc: 'Repository the image is delivered to.',
  }),
  registry: text({
    env: [...everywhere('PLUGIN_REGISTRY'), ...classic('DOCKER_REGISTRY'), ...on(['kaniko'], ['gcr'])('BASE_REGISTRY')],
    fallbacks: [
      { variants: ['docker'], value: 'https://index.docker.io/v1/' },
      { variants: ['gcr'], value: 'gcr.io' },
    ],
    doc: 'Registry host or URL to push to.',
  }),
  expandRepo: flag({ env: on(['kaniko'], ['docker'])('PLUGIN_EXPAND_REPO'), fallback: false, doc: 'Puts the registry host in front of the repository.' }),
  account: text({ env: ours('PLUGIN_ACCOUNT'), yaml: keyIn({ ecr: ['account'] }), variants: ['ecr'], doc: 'AWS account that owns the repository.' }),
  region: text({
    env: [...on(['kaniko', 'docker', 'buildx'], ['ecr'])('PLUGIN_REGION'), ...on(['docker', 'buildx'], ['ecr'])('ECR_REGION', 'AWS_REGION')],
    yaml: keyIn({ ecr: ['region'] }),
    fallbacks: [{ variants: ['ecr'], value: 'us-east-1' }],
    variants: ['ecr'],
    doc: 'AWS region of the repository.',
  }),
  host: text({ env: ours('PLUGIN_HOST'), yaml: keyIn({ gar: ['host'], gcr: ['host'] }), variants: ['gar', 'gcr'], doc: 'Google registry host.' }),
  projectId: text({
    env: ours('PLUGIN_PROJECT_ID'),
    yaml: keyIn({ gar: ['projectID'], gcr: ['projectID'] }),
    variants: ['gar', 'gcr'],
    doc: 'Google project.',
  }),
  location: text({
    env: on(['docker'], ['gar'])('PLUGIN_LOCATION'),
    variants: ['gar'],
    doc: 'Artifact Registry location; gives the host LOCATION-docker.pkg.dev.',
  }),
  artifactRegistry: text({
    env: [...classic('ARTIFACT_REGISTRY'), ...on(['docker'], ['acr'])('DAEMON_REGISTRY', 'PLUGIN_DAEMON_REGISTRY')],
    doc: 'Registry URL written into the artifact file instead of the push registry.',
  }),
  registryType: text({ env: classic('PLUGIN_REGISTRY_TYPE'), doc: 'Registry type written into the artifact file.' }),
  skipPushPermissionCheck: flag({
    env: kaniko('PLUGIN_SKIP_PUSH_PERMISSION_CHECK'),
    fallback: false,
    effect: onlyWith('kaniko', 'nothing is uploaded before the build to try it'),
    doc: 'Does not ask the registry for push rights before the build.',
  }),
  engine: text({ env: ours('PLUGIN_ENGINE'), yaml: key('engine'), doc: 'What runs the build: embedded, buildx or kaniko.' }),
  engineVersion: text({
    env: ours('PLUGIN_ENGINE_VERSION'),
    yaml: key('engineVersion'),
    effect: none('the engine that is there runs'),
    doc: 'Version of the engine.',
  }),
} satisfies SettingTable
