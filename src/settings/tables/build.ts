/** How the build behaves: secrets, network, snapshots, logs. */
import { flag, key, keyIn, list, none, onlyWith, pairs, semicolons, text } from '../define.ts'
import { buildxOnly, classic, dockerOnly, everywhere, kaniko, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

const optimize = keyIn(key('optimize').keys, { true: 'redo' })

export const buildSettings = {
  secret: text({ env: classic('PLUGIN_SECRET'), doc: 'One build secret: id=ID,env=NAME or id=ID,src=FILE.' }),
  secretsFromEnv: pairs({ env: classic('PLUGIN_SECRETS_FROM_ENV'), yaml: key('envDockerSecrets'), doc: 'Build secrets taken from variables: ID=NAME.' }),
  secretsFromFile: pairs({ env: classic('PLUGIN_SECRETS_FROM_FILE'), yaml: key('fileDockerSecrets'), doc: 'Build secrets taken from files: ID=FILE.' }),
  sshAgentKey: text({ env: classic('PLUGIN_SSH_AGENT_KEY'), secret: true, deadIn: ['buildx'], doc: 'Private key for RUN --mount=type=ssh.' }),
  sshKeys: pairs({
    env: ours('PLUGIN_SSH_KEYS'),
    yaml: { ...key('sshKeys'), nameList: true },
    doc: 'Keys for RUN --mount=type=ssh,id=ID: ID=FILE, or a secret.',
  }),
  addHost: list({
    env: classic('PLUGIN_ADD_HOST'),
    unless: { kaniko: 'the pod says which hosts there are' },
    doc: 'Extra lines of /etc/hosts in RUN: NAME:ADDRESS.',
  }),
  customDns: list({
    env: classic('PLUGIN_CUSTOM_DNS'),
    unless: { buildx: 'name servers are those of its builder', kaniko: 'the pod says which name servers there are' },
    doc: 'Name servers in RUN.',
  }),
  customDnsSearch: list({
    env: classic('PLUGIN_CUSTOM_DNS_SEARCH'),
    unless: { buildx: 'name servers are those of its builder', kaniko: 'the pod says which name servers there are' },
    doc: 'Search domains in RUN.',
  }),
  squash: flag({
    env: classic('PLUGIN_SQUASH'),
    fallback: false,
    unless: { buildx: 'BuildKit makes a layer for each instruction', kaniko: 'kaniko calls it a single snapshot' },
    doc: 'One layer for all that the build adds.',
  }),
  singleSnapshot: flag({
    env: kaniko('PLUGIN_SINGLE_SNAPSHOT'),
    fallback: false,
    unless: { buildx: 'BuildKit makes a layer for each instruction' },
    doc: 'One layer at the end of the build.',
  }),
  snapshotMode: text({
    env: kaniko('PLUGIN_SNAPSHOT_MODE'),
    yaml: optimize,
    effect: onlyWith('kaniko', 'changed files are known without walking the file system'),
    doc: 'How kaniko finds changed files: full, redo or time.',
  }),
  useNewRun: flag({
    env: kaniko('PLUGIN_USE_NEW_RUN'),
    effect: onlyWith('kaniko', 'it is another way for kaniko to find changed files'),
    doc: 'Another way to find changed files.',
  }),
  forceBuildMetadata: flag({
    env: ours('PLUGIN_FORCE_BUILD_METADATA'),
    effect: onlyWith('kaniko', 'metadata instructions never make a layer'),
    doc: 'A layer for every metadata instruction.',
  }),
  skipUnusedStages: flag({
    env: kaniko('PLUGIN_SKIP_UNUSED_STAGES'),
    effect: onlyWith('kaniko', 'only the stages that the target needs are built'),
    doc: 'Leaves out stages that the target does not need.',
  }),
  ignorePath: list({
    env: kaniko('PLUGIN_IGNORE_PATH'),
    unless: { buildx: 'BuildKit leaves nothing out of its layers' },
    doc: 'Paths left out of the layers.',
  }),
  ignorePaths: list({
    env: on(['kaniko'], ['docker'])('PLUGIN_IGNORE_PATHS'),
    unless: { buildx: 'BuildKit leaves nothing out of its layers' },
    doc: 'More paths left out of the layers.',
  }),
  ignoreVarRun: flag({
    env: kaniko('PLUGIN_IGNORE_VAR_RUN'),
    unless: { buildx: 'BuildKit leaves nothing out of its layers' },
    doc: 'Leaves /var/run out of the layers.',
  }),
  cleanup: flag({
    env: kaniko('PLUGIN_CLEANUP'),
    effect: onlyWith('kaniko', 'every build has a file system of its own'),
    doc: 'Wipes the file system after the build.',
  }),
  force: flag({ env: kaniko('PLUGIN_FORCE'), effect: onlyWith('kaniko', 'builds run anywhere'), doc: 'Lets kaniko run outside a container.' }),
  kanikoDir: text({ env: ours('PLUGIN_KANIKO_DIR'), effect: onlyWith('kaniko', 'it is the working folder of kaniko'), doc: 'Working folder of kaniko.' }),
  kanikoVersion: text({
    env: [...on(['kaniko'], ['ecr'])('KANIKO_VERSION'), ...ours('PLUGIN_KANIKO_VERSION')],
    effect: none('credentials are looked up per registry'),
    doc: 'Version of kaniko; old ones got other AWS credentials.',
  }),
  compress: flag({
    env: classic('PLUGIN_COMPRESS'),
    effect: none('the context is not sent anywhere'),
    doc: 'Compresses the context on its way to the daemon.',
  }),
  quiet: flag({ env: classic('PLUGIN_QUIET'), fallback: false, doc: 'Prints only the result.' }),
  verbosity: text({ env: kaniko('PLUGIN_VERBOSITY'), doc: 'How much is printed: panic, fatal, error, warn, info, debug or trace.' }),
  logFormat: text({
    env: kaniko('PLUGIN_LOG_FORMAT'),
    effect: onlyWith('kaniko', 'every line is an event already'),
    doc: 'How kaniko prints: text, color or json.',
  }),
  logTimestamp: flag({
    env: kaniko('PLUGIN_LOG_TIMESTAMP'),
    effect: onlyWith('kaniko', 'every line is stored with its time'),
    doc: 'Puts the time before each line.',
  }),
  buildxOptions: text({ env: buildxOnly('PLUGIN_BUILDX_OPTIONS'), doc: 'More options of buildx build, comma separated.' }),
  buildxOptionsSemicolon: semicolons({ env: buildxOnly('PLUGIN_BUILDX_OPTIONS_SEMICOLON'), doc: 'More options of buildx build, semicolon separated.' }),
  envFile: text({ env: everywhere('PLUGIN_ENV_FILE'), doc: 'File of variables, read before anything else.' }),
  cosignPrivateKey: text({
    env: dockerOnly('PLUGIN_COSIGN_PRIVATE_KEY'),
    secret: true,
    effect: none('signing is not supported yet'),
    doc: 'Key that signs the image.',
  }),
  cosignPassword: text({
    env: dockerOnly('PLUGIN_COSIGN_PASSWORD'),
    secret: true,
    effect: none('signing is not supported yet'),
    doc: 'Password of the signing key.',
  }),
  cosignParams: text({ env: dockerOnly('PLUGIN_COSIGN_PARAMS'), effect: none('signing is not supported yet'), doc: 'More options of cosign.' }),
} satisfies SettingTable
