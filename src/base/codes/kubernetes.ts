/** Codes of stages that run as pods. */
import type { CodeEntry } from '../codes.ts'

export const kubernetesCodes = {
  K8S_CONFIG_UNUSABLE: {
    severity: 'error',
    message: 'no Kubernetes cluster can be used: {reason}',
    hint: 'set KUBECONFIG, run Slipway in a pod with a service account, or define a connector of type K8sCluster; `--on local` needs none',
    explain:
      'Which cluster is meant is found as kubectl finds it: KUBECONFIG, then ~/.kube/config, and in a pod its own service account. A stage whose connector has a master URL goes there instead.',
  },
  K8S_CONNECTOR_UNKNOWN: {
    severity: 'error',
    message: 'the stage runs on Kubernetes by the connector "{connector}", which is not defined',
    hint: 'define it in .slipway/config.yaml: a connector of type K8sCluster; with a credential of type InheritFromDelegate it means the cluster of your kubeconfig',
    explain:
      'A stage with infrastructure of type KubernetesDirect names the connector of its cluster. Slipway does not guess: running in whatever cluster happens to be the current one may be the wrong one.',
  },
  K8S_CONNECTOR_UNFIT: {
    severity: 'error',
    message: 'the connector "{connector}" cannot be used for a cluster: {reason}',
    hint: 'a connector of type K8sCluster has a credential of type InheritFromDelegate, or ManualConfig with masterUrl and auth of type ServiceAccount, ClientKeyCert or UsernamePassword',
    explain: 'The connector is there, but of another type, or it does not say how to log in.',
  },
  K8S_UNREACHABLE: {
    severity: 'error',
    message: 'the API server of {cluster} at {server} does not answer: {reason}',
    hint: 'is the cluster up, and does your kubeconfig name the right server? Slipway asks again for a minute before it gives up',
    explain: 'Nothing came back from the API server, or the line was cut. An API server that restarts is waited for.',
  },
  K8S_UNAUTHORIZED: {
    severity: 'error',
    message: '{cluster} does not know who asks: {reason}',
    hint: 'the token or certificate has run out or belongs to another cluster: log in again, as for kubectl',
    explain: 'The API server answered 401: the credentials of the kubeconfig, the service account or the connector are not valid there.',
  },
  K8S_FORBIDDEN: {
    severity: 'error',
    message: '{cluster} does not allow to {verb} {resource} in the namespace {namespace}: {reason}',
    hint: 'give the account the role of docs/kubernetes.md, which says why each right is needed; `slipway doctor --kubernetes` checks all of them',
    explain:
      'The account that Slipway uses has no right to this verb on this resource. The role in docs/kubernetes.md has all that is needed and nothing else.',
  },
  K8S_REFUSED: {
    severity: 'error',
    message: '{cluster} refused to {what} in the namespace {namespace} ({status}): {reason}',
    explain:
      'The API server answered with an error. The text at the end is its own: a quota that is used up, a policy of the cluster (PodSecurity, an admission webhook), a field that is not valid.',
  },
  K8S_ANSWER_UNREADABLE: {
    severity: 'error',
    message: '{cluster} answered something that is not understood: {reason}',
    explain: 'The answer is not that of a Kubernetes API server: a proxy in between, or another program at that address.',
  },
  K8S_EXEC_CUT: {
    severity: 'error',
    message: 'the line to the pod {pod} of {cluster} was cut while `{command}` ran in it',
    explain: 'Files go into a pod and out of it through the API server and the kubelet of its node. This line broke and did not come back within a minute.',
  },
  K8S_EXEC_FAILED: {
    severity: 'error',
    message: '`{command}` could not be run in the container {container} of the pod {pod}: {reason}',
    explain: 'The kubelet could not start a command in a container of the stage. The text at the end is its own.',
  },
  K8S_LOG_LOST: {
    severity: 'error',
    message: 'the log of {container} in the pod {pod} cannot be read to its end: {reason}',
    explain:
      'The log of a step is read through the API server. It was away for more than a minute, so output is missing, and Slipway does not pretend that it has all of it.',
  },
  K8S_INIT_TIMEOUT: {
    severity: 'error',
    message: 'the pod {pod} was not ready within {limit}, the initTimeout of the stage: {reason}',
    hint: 'give the stage more time (`initTimeout: 15m` in the spec of its infrastructure), or see to what it waits for',
    explain:
      'A stage begins once its pod has a node and its images are there. That took longer than `initTimeout` of its infrastructure, 8 minutes unless it is given.',
  },
  K8S_UNSCHEDULED: {
    severity: 'info',
    message: 'no node takes the pod {pod} yet: {reason}',
    explain:
      'The scheduler finds no node for the pod of the stage. It is waited for, because a node may become free or be added; `initTimeout` of the stage ends the wait.',
  },
  K8S_IMAGE_FAILED: {
    severity: 'error',
    message: 'the node cannot get the image {image} ({login}): {reason}',
    hint: 'check its name and tag, and that the connector of the step may pull it; nodes fetch images themselves, so a registry only you can reach is not enough',
    explain: 'The kubelet tried to fetch the image of a container and failed. The text at the end is its own.',
  },
  K8S_CONTAINER_FAILED: {
    severity: 'error',
    message: 'the container of {step} cannot be started: {reason}',
    explain:
      'The node has the image but cannot make a container of it: a security context that the image does not fit, a volume or secret that is missing, a limit that is too low.',
  },
  K8S_POD_LOST: {
    severity: 'error',
    message: 'the pod {pod} is gone: {reason}',
    hint: 'somebody deleted it, or its node went away; see the events of the namespace (`kubectl get events`)',
    explain: 'The pod of a running stage was deleted or evicted by somebody else than Slipway. What its steps had in the workspace is lost with it.',
  },
  K8S_NO_CONTAINER: {
    severity: 'error',
    message: 'the pod of the stage has no container left for {step}',
    hint: 'containers of a pod are fixed when it starts: make the number of turns known before the stage, or put the loop into a stage of its own',
    explain:
      'Kubernetes fixes the containers of a pod when it is made. A loop whose turns are only known while the stage runs, or a step that is tried again more often than its failure strategy says, takes one of a few spare containers; all of them are used.',
  },
  K8S_DECIDED_LATE: {
    severity: 'error',
    message: '{setting} of {step} is only known when the step starts, and Kubernetes fixes it when the pod is made',
    hint: 'use a value that is known before the stage begins; image, command and variables may be known late',
    explain: 'Resources, users and privileges of a container cannot be changed once its pod is there. Images can, and everything inside of the process.',
  },
  K8S_SETTING_INVALID: {
    severity: 'error',
    message: '{key} of the infrastructure is not valid: {reason}',
    explain: 'The API server would refuse the pod because of this value. It is checked before anything is made.',
  },
  K8S_OVERLAY_INVALID: {
    severity: 'error',
    message: 'podSpecOverlay cannot be used: {reason}',
    hint: 'it is YAML of the fields below `spec` of a pod',
    explain:
      '`podSpecOverlay` is merged into the spec of the pod as `kubectl patch` does it: maps key by key, containers, volumes and the like by their names.',
  },
  K8S_NO_IMAGE: {
    severity: 'error',
    message: 'the step {name} names no image, and in a pod every step runs in one',
    hint: 'give it `image:`, or say which image such steps get: SLIPWAY_STEP_IMAGE=debian:bookworm',
    explain: 'On a machine of its own (Cloud, VM) a step without an image uses the programs of that machine. In a pod there is no such machine.',
  },
  K8S_ENTRYPOINT_UNKNOWN: {
    severity: 'error',
    message: 'what the image {image} starts by itself cannot be found out: {reason}',
    hint: 'Slipway has to read it from the registry; let it reach the registry, or give the step a `command` or `entrypoint`',
    explain:
      'A step without a command starts what its image says. In a pod Slipway starts it at the right time and with the right variables, so it asks the registry what that is, with the connector of the step.',
  },
  K8S_IMAGE_MAPPED: {
    severity: 'info',
    message: 'nodes are told to fetch {image} as {mapped}, as `hosts` maps its registry',
    explain: 'Nodes of a cluster do not know the `hosts` of Slipway, so the pod names the image at the mapped address. The nodes have to reach it.',
  },
  K8S_PRIVILEGED: {
    severity: 'info',
    message: 'the container of {step} is privileged, as the step says: it can do on its node whatever root can',
    explain: '`privileged: true` takes away what keeps a container apart from its node. Slipway itself never needs it.',
  },
  K8S_SERVICE_PORTS: {
    severity: 'info',
    message: 'the service {name} listens on port {own}; {wanted} is not mapped to it, as all containers of a pod have one network',
    explain: 'Services of a stage are reached at localhost on the ports that they listen on. Two services cannot listen on the same port.',
  },
} as const satisfies Record<string, CodeEntry>
