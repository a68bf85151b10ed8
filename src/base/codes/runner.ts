/** Codes of runs that are done in a pod of Slipway's own image. */
import type { CodeEntry } from '../codes.ts'

export const runnerCodes = {
  K8S_RUNNER_NO_IMAGE: {
    severity: 'error',
    message: 'no image of Slipway is named for the pod that is to do the run',
    hint: 'build it and push it once: `slipway run examples/self/pipeline.yaml`, or in a clone after `npm run build`: `slipway build -f examples/self/Dockerfile --push -t REGISTRY/slipway:1 .`; then `--image REGISTRY/slipway:1` or SLIPWAY_KUBERNETES_RUNNER_IMAGE',
    explain:
      '`slipway k8s run` does the whole run in a pod of the cluster, and that pod needs an image with Slipway in it, in a registry that the nodes can reach. No image is taken for granted: it has to be of the same version as the Slipway that starts the run. examples/self builds it with Slipway, without Docker and without root.',
  },
  K8S_RUNNER_VERSION: {
    severity: 'error',
    message: 'the image {image} holds Slipway {theirs}, and this is Slipway {ours}',
    hint: 'build the image anew from this version (examples/self), or start the run with the version of the image',
    explain: 'The one that starts a run and the pod that does it talk with each other, and only the same version is sure to be understood.',
  },
  K8S_RUNNER_ENDED: {
    severity: 'error',
    message: 'the pod {pod} of the run, of the image {image}, has ended by itself: {reason}',
    hint: 'does the image hold Slipway (examples/self), and is Slipway what it starts?',
    explain:
      'The first process of the pod stays as long as somebody needs it. It ended early: the image starts something else, is of a version that does not know the command, or the process was killed.',
  },
  K8S_RUNNER_MEMORY: {
    severity: 'error',
    message: 'the pod {pod} of the run had no memory left: its limit is {limit}',
    hint: 'give it more (`--memory 4Gi`); builds hold next to nothing in memory, but commands of RUN take what they take',
    explain: 'The kernel ended the pod that did the run because it used more memory than its limit allows.',
  },
  K8S_RUNNER_RUN_KILLED: {
    severity: 'error',
    message: 'the run in the pod {pod} ended without a word: {reason}',
    hint: 'SIGKILL is mostly want of memory: give the pod more (`--memory 4Gi`)',
    explain: 'The process that did the run in its pod was ended from outside, or met a defect, before it could say how the run went.',
  },
  K8S_RUNNER_FILES: {
    severity: 'error',
    message: 'the pod {pod} could not take the {what}: {reason}',
    explain: 'The code under build, or the advisories of the scanner, go into the pod before the run begins. The pod could not write them; is its disk full?',
  },
  K8S_RUNNER_CLONE: {
    severity: 'error',
    message: '--clone takes a folder of this machine, {folder}, and the pod of the run does not have it',
    hint: 'leave --clone out: the code is sent as it is; or name an address: --codebase URL#branch:NAME',
    explain:
      '`slipway k8s run` sends the code under build to the cluster, as files. To clone there, the repository has to have an address that the pod can reach.',
  },
  K8S_RUNNER_NOT_RESUMED: {
    severity: 'error',
    message: '{run} was done by a pod of its own, and is not taken up again from here',
    hint: '`slipway runs rerun RUN` does it once more, `--from-failed` from where it is known to have come',
    explain:
      '`slipway runs resume` goes on with runs whose steps this machine has led. A run of `slipway k8s run` is led in its pod, which goes on by itself when the machine that started it is gone; what it does then is not heard any more.',
  },
  K8S_CLAIM_BUSY: {
    severity: 'info',
    message: 'the claim {claim} is used by the pod {pod} of another run; this one begins when that has ended',
    hint: 'runs that shall go on at once take a claim each',
    explain:
      'A data folder on a claim belongs to one run at a time. The pod that uses it is named after the claim, so the cluster itself keeps a second one out.',
  },
  K8S_RUNNER_FILE_LOST: {
    severity: 'warning',
    message: '{path} was written in the pod of the run, and could not be brought here: {reason}',
    explain: 'Files that image steps write to absolute paths are brought to the same paths of the machine that started the run. This one could not be.',
  },
} as const satisfies Record<string, CodeEntry>
