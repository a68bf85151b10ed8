/** What the image is made from: a Dockerfile and its context, or something made before. */
import { flag, key, list, onlyWith, pairs, semicolonPairs, text } from '../define.ts'
import { classic, everywhere, kaniko, kanikoArchive, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

export const sourceSettings = {
  dockerfile: text({ env: everywhere('PLUGIN_DOCKERFILE'), yaml: key('dockerfile'), fallback: 'Dockerfile', doc: 'Path of the Dockerfile.' }),
  context: text({ env: everywhere('PLUGIN_CONTEXT'), yaml: key('context'), fallback: '.', doc: 'Folder the build may copy from.' }),
  contextSubPath: text({ env: kaniko('PLUGIN_CONTEXT_SUB_PATH'), doc: 'Folder inside the context to use as the context.' }),
  target: text({ env: everywhere('PLUGIN_TARGET'), yaml: key('target'), doc: 'Stage of the Dockerfile to stop at.' }),
  platforms: list({
    env: [...everywhere('PLUGIN_PLATFORM'), ...kaniko('PLUGIN_CUSTOM_PLATFORM')],
    yaml: key('platforms'),
    doc: 'Platforms to build for; more than one gives an index.',
  }),
  pushOnly: flag({
    env: [...kanikoArchive('PLUGIN_PUSH_ONLY'), ...classic('PLUGIN_PUSH_ONLY')],
    fallback: false,
    doc: 'Builds nothing: pushes an image made before.',
  }),
  sourceTarPath: text({
    env: [...kanikoArchive('PLUGIN_SOURCE_TAR_PATH'), ...on(['buildx'])('PLUGIN_SOURCE_TAR_PATH')],
    doc: 'Archive to push in push-only mode.',
  }),
  sourceImage: text({ env: classic('PLUGIN_SOURCE_IMAGE'), doc: 'Image to push in push-only mode.' }),
  buildArgs: pairs({ env: everywhere('PLUGIN_BUILD_ARGS'), yaml: key('buildArgs'), doc: 'Values for the ARGs of the Dockerfile.' }),
  buildArgsNew: semicolonPairs({ env: everywhere('PLUGIN_BUILD_ARGS_NEW'), doc: 'Build arguments whose values may hold commas.' }),
  multipleBuildArgs: flag({
    env: everywhere('PLUGIN_MULTIPLE_BUILD_ARGS'),
    fallback: false,
    doc: 'Takes the semicolon list of build arguments instead of the comma list.',
  }),
  buildArgsFromEnv: list({ env: classic('PLUGIN_BUILD_ARGS_FROM_ENV'), doc: "Names of build arguments that take their value from the step's environment." }),
  git: text({ env: ours('PLUGIN_GIT'), effect: onlyWith('kaniko', 'it is how kaniko clones a git context'), doc: 'Clone options of a git context.' }),
  bucket: text({
    env: ours('PLUGIN_BUCKET'),
    effect: onlyWith('kaniko', 'it is where kaniko finds a context archive'),
    doc: 'Bucket that holds the context archive.',
  }),
} satisfies SettingTable
