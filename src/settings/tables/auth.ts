/** Credentials that name a user: for the push registry, and for the registry of the base images. */
import { none, text } from '../define.ts'
import { classic, dockerOnly, everywhere, kaniko, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

const kanikoEcr = on(['kaniko'], ['ecr'])
const kanikoDocker = on(['kaniko'], ['docker'])

export const authSettings = {
  username: text({
    env: [...kanikoDocker('PLUGIN_USERNAME'), ...classic('PLUGIN_USERNAME', 'DOCKER_USERNAME'), ...ours('PLUGIN_PUSH_USERNAME')],
    doc: 'User name for the push registry.',
  }),
  password: text({
    env: [...kanikoDocker('PLUGIN_PASSWORD'), ...classic('PLUGIN_PASSWORD', 'DOCKER_PASSWORD'), ...ours('PLUGIN_PUSH_PASSWORD')],
    secret: true,
    doc: 'Password for the push registry.',
  }),
  email: text({ env: classic('PLUGIN_EMAIL', 'DOCKER_EMAIL'), effect: none('registries no longer ask for it'), doc: 'E-mail address for the login.' }),
  accessToken: text({ env: classic('ACCESS_TOKEN'), secret: true, doc: 'Google access token for the push registry.' }),
  config: text({
    env: [...kanikoDocker('PLUGIN_CONFIG'), ...classic('PLUGIN_CONFIG', 'DOCKER_PLUGIN_CONFIG')],
    secret: true,
    doc: 'Docker configuration with credentials: JSON, or the file that holds it.',
  }),
  baseRegistry: text({
    env: [
      ...everywhere('PLUGIN_DOCKER_REGISTRY'),
      ...kanikoEcr('DOCKER_REGISTRY'),
      ...everywhere('PLUGIN_BASE_IMAGE_REGISTRY'),
      ...dockerOnly('DOCKER_BASE_IMAGE_REGISTRY'),
      ...kaniko('DOCKER_REGISTRY'),
    ],
    doc: 'Registry of the base images.',
  }),
  baseUsername: text({
    env: [
      ...kanikoEcr('PLUGIN_USERNAME'),
      ...everywhere('PLUGIN_DOCKER_USERNAME', 'PLUGIN_BASE_IMAGE_USERNAME'),
      ...dockerOnly('DOCKER_BASE_IMAGE_USERNAME'),
      ...kaniko('DOCKER_USERNAME'),
    ],
    doc: 'User name for the registry of the base images.',
  }),
  basePassword: text({
    env: [
      ...kanikoEcr('PLUGIN_PASSWORD'),
      ...everywhere('PLUGIN_DOCKER_PASSWORD', 'PLUGIN_BASE_IMAGE_PASSWORD'),
      ...dockerOnly('DOCKER_BASE_IMAGE_PASSWORD'),
      ...kaniko('DOCKER_PASSWORD'),
    ],
    secret: true,
    doc: 'Password for the registry of the base images.',
  }),
} satisfies SettingTable
