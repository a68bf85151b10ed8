/** The flags of `slipway build`: docker build's and buildx's, and a few of its own. One row is one flag; docs/build.md is held against this table. */

export interface BuildFlag {
  /** As commander reads it. */
  readonly flags: string
  readonly about: string
  /** May be given again; the values are collected. */
  readonly many?: true
  readonly choices?: readonly string[]
  readonly preset?: string
  /** Other spellings that people have in their scripts, left out of the help. */
  readonly hidden?: true
}

export const progressForms = ['auto', 'plain', 'tty', 'json', 'quiet'] as const
export type ProgressForm = (typeof progressForms)[number]

export const buildFlags: readonly BuildFlag[] = [
  { flags: '--add-host <name:address>', about: 'line for /etc/hosts of every RUN; host-gateway is this machine', many: true },
  { flags: '--annotation <[type:]key=value>', about: 'annotation of the manifest; type is manifest, index or both with a comma', many: true },
  { flags: '--build-arg <name=value>', about: 'value of an ARG; NAME alone takes the environment', many: true },
  {
    flags: '--build-context <name=place>',
    about: 'more places to copy from: a folder, docker-image://REF, oci-layout://DIR, or a git or http(s) address',
    many: true,
  },
  { flags: '--cache-from <spec>', about: 'where to look for results of earlier builds', many: true },
  { flags: '--cache-to <spec>', about: 'where to keep results for later builds', many: true },
  {
    flags: '--call <what>',
    about: 'do not build: check the Dockerfile, or show its targets or an outline',
    choices: ['build', 'check', 'lint', 'outline', 'targets'],
  },
  { flags: '--cgroup-parent <group>', about: 'refused: commands run in the group of the builder', hidden: true },
  { flags: '--check', about: 'short for --call=check' },
  { flags: '--explain-cache', about: 'tell which steps came from where, and why others did not' },
  { flags: '-f, --file <file>', about: 'Dockerfile, when it is not CONTEXT/Dockerfile; - is standard input, an http(s) address is fetched' },
  { flags: '--iidfile <file>', about: 'write the id of the image here' },
  { flags: '--label <name=value>', about: 'label of the image', many: true },
  { flags: '--load', about: 'hand the image to the Docker Engine' },
  { flags: '--metadata-file <file>', about: 'write the digests here, as JSON' },
  { flags: '--network <mode>', about: 'network of every RUN that does not say otherwise: default, host or none' },
  { flags: '--no-cache', about: 'build every layer anew' },
  { flags: '--no-cache-filter <stage>', about: 'build these stages anew', many: true },
  { flags: '-o, --output <spec>', about: 'where the result goes: DIR, -, or type=docker|oci|tar|local|image|registry with dest=, name=, push=', many: true },
  { flags: '--platform <os/arch>', about: 'platform of the image; several, with commas, make an index', many: true },
  { flags: '--progress <form>', about: 'how to show it', choices: progressForms, preset: 'auto' },
  { flags: '--provenance <value>', about: 'attestation of the build: only false for now' },
  { flags: '--pull', about: 'look for newer base images; they are always looked for' },
  { flags: '--push', about: 'push to the registries of the tags' },
  { flags: '-q, --quiet', about: 'print nothing but the id of the image' },
  { flags: '--reproducible', about: 'no times of this build in the image' },
  { flags: '--rm', about: 'has no effect: nothing is left behind', hidden: true },
  { flags: '--sbom <value>', about: 'bill of materials of the image: only false for now' },
  { flags: '--secret <id=...>', about: 'secret for RUN --mount=type=secret: id=ID,src=FILE or id=ID,env=NAME', many: true },
  { flags: '--shm-size <bytes>', about: 'size of /dev/shm of every RUN, such as 128m' },
  { flags: '--ssh <id[=socket|key,...]>', about: 'agent or keys for RUN --mount=type=ssh; default is the agent of this shell', many: true },
  { flags: '-t, --tag <name>', about: 'name of the image', many: true },
  { flags: '--target <stage>', about: 'stage to stop at' },
  { flags: '--ulimit <limit>', about: 'refused: commands have the limits of the builder', many: true, hidden: true },
]
