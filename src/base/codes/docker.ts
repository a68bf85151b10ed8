/** Codes of stages that run in containers of a Docker Engine. */
import type { CodeEntry } from '../codes.ts'

export const dockerCodes = {
  DOCKER_CONTEXT_UNKNOWN: {
    severity: 'error',
    message: 'the docker context "{name}" is of no use: {reason}',
    hint: 'see `docker context ls`, or name the engine with DOCKER_HOST',
    explain:
      'Which engine is meant is found as docker finds it: DOCKER_HOST, then DOCKER_CONTEXT, then the current context of its configuration. This context is not there, or names no host.',
  },
  DOCKER_PULL_FAILED: {
    severity: 'error',
    message: 'the Docker Engine at {engine} could not fetch the image {image}: {reason}',
    explain: 'The engine asked the registry itself and got no image. The text at the end is the engine’s own.',
  },
  INFRA_DOCKER_UNREACHABLE: {
    severity: 'error',
    message: 'the stage runs on Docker, and no engine answers at {engine} ({because}): {reason}',
    hint: 'start Docker, or name another engine with DOCKER_HOST or `docker context use`; `--on local` needs none',
    explain:
      'The steps of the stage run in containers of a Docker Engine, which is asked before anything else is done. Its address comes from DOCKER_HOST, from DOCKER_CONTEXT or the current context of docker, or is the usual socket.',
  },
  INFRA_DOCKER_UNFIT: {
    severity: 'error',
    message: 'the Docker Engine at {engine} cannot run the stage: it is {what}',
    hint: 'use an engine for Linux containers on amd64 or arm64, or `--on local`',
    explain: 'Stages on Docker run in Linux containers, on x86-64 or 64-bit ARM.',
  },
  INFRA_DOCKER_NO_IMAGE: {
    severity: 'error',
    message: 'the step {name} names no image, and on Docker every step runs in one',
    hint: 'give it `image:`, or say which image such steps get: SLIPWAY_STEP_IMAGE=debian:bookworm',
    explain:
      'On a machine of its own (Cloud, VM) a step without an image uses the programs of that machine. On Docker there is no such machine, so the step has to name its image, or the variable SLIPWAY_STEP_IMAGE names one for all of them.',
  },
  INFRA_DOCKER_STEP_IMAGE: {
    severity: 'info',
    message: 'steps that name no image run in {image}, as SLIPWAY_STEP_IMAGE says: {names}',
    explain: 'On Docker every step runs in an image. The variable SLIPWAY_STEP_IMAGE names the one for steps that name none.',
  },
  INFRA_DOCKER_HOST_NETWORK: {
    severity: 'info',
    message: 'the Docker Engine has no bridge network: steps of this stage use the network of its machine',
    explain:
      'Usually the containers of a stage share one network of their own. This engine was started without the network "bridge", so they share that of its machine, and so do stages that run at the same time.',
  },
  STEP_PRIVILEGED_CONTAINER: {
    severity: 'warning',
    message: 'the step runs in a privileged container of {image}: it can do to the machine of the Docker Engine whatever root can',
    explain: '`privileged: true` gives the container all devices and all rights of the machine that the engine runs on. Images are built without it.',
  },
  WORKSPACE_COPIED: {
    severity: 'info',
    message: 'the workspace lives in a volume of the Docker Engine: files are copied when parts that run here need them ({reason})',
    explain:
      'Images are built, archives written and test reports read by Slipway itself, on this machine. Where the engine cannot use a folder of this machine as the workspace, what steps wrote is copied here before such a part begins, and what it wrote is copied back before the next step.',
  },
  STEP_LIMIT_INVALID: {
    severity: 'error',
    message: '"{text}" is no limit of {name} for the container of the step',
    hint: 'memory is such as 500Mi, 2Gi or 1G, cpu such as 0.5 or 400m',
    explain: 'A limit of `resources` was an expression, and what it came to is no amount.',
  },
  STEP_IMAGE_PULL_FAILED: {
    severity: 'error',
    message: 'the image {image} of the step could not be fetched ({login}): {reason}',
    hint: 'check the name and the tag, and whether the machine of the Docker Engine reaches the registry; `hosts` lets Slipway fetch it from elsewhere',
    explain:
      'Images of steps are fetched by the Docker Engine itself, unless the registry is mapped by `hosts`: then Slipway fetches them and loads them into the engine.',
  },
  STEP_IMAGE_PULL_DENIED: {
    severity: 'error',
    message: 'the registry does not give the image {image} of the step to us ({login}): {reason}',
    hint: 'give the step a `connectorRef` whose user may pull it, and check the name: registries answer the same for images that are not there',
    explain: 'The Docker Engine asked the registry with the login of the step’s connector, or of this machine, or with none, and was refused.',
  },
} as const satisfies Record<string, CodeEntry>
