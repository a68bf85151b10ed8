/** What the engine buildx has to say: the docker program, its daemon, and what they refuse. */
import type { CodeEntry } from '../codes.ts'

export const buildxCodes = {
  BUILDX_NO_DOCKER: {
    severity: 'error',
    message: 'the engine buildx needs the program docker, which is not on PATH',
    hint: 'install the docker client and its buildx plugin, or use --engine embedded',
    explain: 'The engine buildx drives `docker buildx`. The embedded engine needs no Docker at all; only bake files and settings of builders ask for buildx.',
  },
  BUILDX_NO_PLUGIN: {
    severity: 'error',
    message: 'docker has no buildx here: {reason}',
    hint: 'install the plugin (Debian: docker-buildx, Docker: docker-buildx-plugin), or use --engine embedded',
    explain: '`docker buildx version` did not answer. The plugin is a program of its own, in one of the cli-plugins folders of docker.',
  },
  BUILDX_NO_DAEMON: {
    severity: 'error',
    message: 'the builder does not answer: {reason}',
    hint: 'start Docker, point DOCKER_HOST or the docker context at one that runs, or use --engine embedded',
    explain: 'Before anything is built, `docker buildx inspect` asks who would build. The reason is what it said.',
  },
  BUILDX_FAILED: {
    severity: 'error',
    message: '{reason}',
    explain: 'The build that docker buildx was asked for failed. The message is the tool’s own; what the steps wrote before is in the log.',
  },
  BUILDX_LOADS: {
    severity: 'info',
    message: 'this docker writes no archives: the image is loaded into it under a name of its own, saved, and removed again',
    hint: 'switch the containerd image store on (the feature containerd-snapshotter in daemon.json), or name a builder with the driver docker-container',
    explain:
      'The driver `docker` exports archives only where the daemon keeps images in containerd. Elsewhere base images are loaded into the daemon and the result is saved from it; its layers are compressed by Slipway then. Several platforms are built one by one.',
  },
  BUILDX_CONTAINER: {
    severity: 'info',
    message: 'this docker cannot write caches: a builder with the driver docker-container is made for this build',
    hint: 'switch the containerd image store on, or name a builder',
    explain:
      'Without the containerd image store the driver `docker` exports no cache but an inline one. The builder and its state are removed when the build has ended.',
  },
  BUILDX_TOO_OLD: {
    severity: 'warning',
    message: 'this version of buildx ({version}) does not know {flags}: left out',
    hint: 'install a newer docker-buildx',
    explain: 'Each flag is used only with versions that know it.',
  },
  BUILDX_CACHE_SECRET: {
    severity: 'warning',
    message: 'the cache of the type {type} is left out: its credentials would be readable in the process list',
    hint: 'give the builder its credentials in its own environment, or use a registry cache',
    explain:
      'buildx takes the credentials of this kind of cache only as arguments, which every user of the machine can read. A cache only saves time, so the build goes on without.',
  },
  BUILDX_CACHE_MOUNTS: {
    severity: 'warning',
    message: 'mounts=true of a cache has no effect with buildx: its cache mounts stay in the builder',
    hint: 'use the embedded engine, which takes them along',
    explain: 'What RUN --mount=type=cache keeps is in the builder that buildx drives, and BuildKit has no way to export it.',
  },
  BUILDX_WARNING: {
    severity: 'warning',
    message: '{text}',
    explain: 'BuildKit had this to say about the Dockerfile.',
  },
  BUILDX_BASE_UNREAD: {
    severity: 'info',
    message: 'base images are left to buildx: {reason}',
    explain:
      'Slipway reads the Dockerfile to fetch its base images with the credentials and hosts of the step. It could not read this one; BuildKit may, and fetches base images by itself then.',
  },
  BUILDX_BAKE_FILE: {
    severity: 'error',
    message: 'the bake file cannot be used: {reason}',
    explain: '`docker buildx bake --print` says what a bake file comes to; this one came to nothing that can be built.',
  },
  BUILDX_BAKE_UNTAGGED: {
    severity: 'error',
    message: 'the target {target} of the bake file has no tags, so there is nowhere to push it',
    hint: 'give it `tags`, or build without pushing',
    explain: 'The images of a bake file go where the tags of its targets say; the repository and the tags of the step have no part in it.',
  },
  BUILDX_BAKE_IGNORES: {
    severity: 'warning',
    message: '{what} has no effect with a bake file: {because}',
    explain: 'A bake file says itself what is built and under which names.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>
