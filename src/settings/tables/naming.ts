/** Tags and labels. */
import { flag, key, list, pairs, text } from '../define.ts'
import { classic, everywhere, kaniko, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

export const namingSettings = {
  tags: list({ env: [...classic('PLUGIN_TAG'), ...everywhere('PLUGIN_TAGS')], yaml: key('tags'), fallback: ['latest'], doc: 'Tags of the image.' }),
  autoTag: flag({
    env: [...classic('PLUGIN_DEFAULT_TAGS'), ...everywhere('PLUGIN_AUTO_TAG')],
    fallback: false,
    doc: 'Makes the tags from the git tag or the default branch.',
  }),
  autoTagSuffix: text({
    env: [...classic('PLUGIN_DEFAULT_SUFFIX'), ...everywhere('PLUGIN_AUTO_TAG_SUFFIX')],
    doc: 'Put behind every tag that is made from git.',
  }),
  failOffBranch: flag({ env: ours('PLUGIN_AUTO_TAG_STRICT'), fallback: false, doc: 'Fails, instead of skipping, when no tag can be made from the branch.' }),
  expandTag: flag({ env: kaniko('PLUGIN_EXPAND_TAG'), fallback: false, doc: 'Adds the shorter forms of a version: 1.2.3 gives 1 and 1.2 too.' }),
  skipPushIfTagExists: flag({
    env: on(['docker'], ['ecr'])('PLUGIN_SKIP_PUSH_IF_TAG_EXISTS'),
    fallback: false,
    doc: 'Leaves alone each tag that the registry already has.',
  }),
  pushIgnoreImmutableTagErrors: flag({
    env: ours('PLUGIN_PUSH_IGNORE_IMMUTABLE_TAG_ERRORS'),
    fallback: false,
    doc: 'A tag that the registry refuses to overwrite is not a failure.',
  }),
  customLabels: pairs({ env: everywhere('PLUGIN_CUSTOM_LABELS'), yaml: key('labels'), doc: 'Labels of the image.' }),
  labelSchema: pairs({ env: classic('PLUGIN_LABEL_SCHEMA'), doc: 'Labels put under org.opencontainers.image.' }),
  autoLabel: flag({
    env: classic('PLUGIN_AUTO_LABEL'),
    fallbacks: [{ tools: ['kaniko'], value: false }, { value: true }],
    doc: 'Adds the labels created, revision, source and url. The first tells when the image was made: of an unchanged build, when it was made first, so that its digest stays.',
  }),
  repoLink: text({ env: classic('PLUGIN_REPO_LINK', 'DRONE_REPO_LINK'), doc: 'Address of the source repository, for the url label.' }),
  commitRef: text({ env: everywhere('DRONE_COMMIT_REF'), doc: 'Git reference under build.' }),
  commitSha: text({ env: everywhere('DRONE_COMMIT_SHA'), fallback: '00000000', doc: 'Git commit under build.' }),
  defaultBranch: text({ env: everywhere('DRONE_REPO_BRANCH'), doc: 'Default branch of the repository.' }),
  remoteUrl: text({ env: classic('DRONE_REMOTE_URL'), doc: 'Clone address of the repository, for the source label.' }),
} satisfies SettingTable
