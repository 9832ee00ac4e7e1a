/**
 * Combinations of actions by which a principal raises its own rights, as published research names them (Rhino Security
 * Labs, Bishop Fox, Datadog's pathfinding list, prowler's check `iam_policy_allows_privilege_escalation`). A principal
 * that may do all actions of a line can act with the rights of another.
 */
const LINES = `
iam:*
iam:Put*
iam:CreatePolicyVersion
iam:SetDefaultPolicyVersion
iam:CreateAccessKey
iam:CreateLoginProfile
iam:UpdateLoginProfile
iam:AttachUserPolicy
iam:AttachGroupPolicy
iam:AttachRolePolicy
iam:PutGroupPolicy
iam:PutRolePolicy
iam:PutUserPolicy
iam:AddUserToGroup
iam:UpdateAssumeRolePolicy
iam:DeleteRolePermissionsBoundary
iam:DeleteUserPermissionsBoundary
iam:PutRolePermissionsBoundary
iam:PutUserPermissionsBoundary
iam:CreateServiceSpecificCredential
iam:ResetServiceSpecificCredential
iam:DeactivateMFADevice iam:CreateVirtualMFADevice
iam:CreateAccessKey iam:DeleteAccessKey
iam:AttachUserPolicy iam:CreateAccessKey
iam:PutUserPolicy iam:CreateAccessKey
iam:AttachRolePolicy iam:UpdateAssumeRolePolicy
iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy
iam:PutRolePolicy iam:UpdateAssumeRolePolicy
sts:AssumeRole iam:AttachRolePolicy
sts:AssumeRole iam:PutRolePolicy
sts:AssumeRole iam:UpdateAssumeRolePolicy
sts:AssumeRole iam:CreatePolicyVersion
iam:PassRole ec2:RunInstances
iam:PassRole ec2:RequestSpotInstances
iam:PassRole ec2:AssociateIamInstanceProfile
iam:PassRole ec2:ReplaceIamInstanceProfileAssociation
ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances
ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances
iam:PassRole lambda:CreateFunction lambda:InvokeFunction
iam:PassRole lambda:CreateFunction lambda:InvokeFunctionUrl
iam:PassRole lambda:CreateFunction lambda:CreateFunctionUrlConfig
iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping
iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping dynamodb:CreateTable dynamodb:PutItem
iam:PassRole lambda:CreateFunction lambda:AddPermission
iam:PassRole lambda:CreateFunction events:PutRule events:PutTargets
lambda:UpdateFunctionCode
lambda:UpdateFunctionConfiguration
lambda:UpdateFunctionCode lambda:InvokeFunction
lambda:UpdateFunctionCode lambda:AddPermission
iam:PassRole glue:CreateDevEndpoint
iam:PassRole glue:CreateSession glue:RunStatement
glue:UpdateDevEndpoint
iam:PassRole glue:CreateJob glue:StartJobRun
iam:PassRole glue:CreateJob glue:CreateTrigger
iam:PassRole glue:UpdateJob glue:StartJobRun
iam:PassRole glue:UpdateJob glue:CreateTrigger
iam:PassRole cloudformation:CreateStack
iam:PassRole cloudformation:UpdateStack
cloudformation:UpdateStack
iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances
iam:PassRole cloudformation:UpdateStackSet
cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet
iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline
iam:PassRole codestar:CreateProject
codestar:CreateProject codestar:AssociateTeamMember
iam:PassRole codebuild:CreateProject codebuild:StartBuild
iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch
iam:PassRole codebuild:UpdateProject codebuild:StartBuild
codebuild:StartBuild
codebuild:StartBuildBatch
iam:PassRole codepipeline:CreatePipeline
iam:PassRole codedeploy:CreateDeploymentGroup codedeploy:CreateDeployment
iam:PassRole autoscaling:CreateAutoScalingGroup autoscaling:CreateLaunchConfiguration
iam:PassRole autoscaling:UpdateAutoScalingGroup autoscaling:CreateLaunchConfiguration
iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService
iam:PassRole ecs:RegisterTaskDefinition ecs:UpdateService
iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask
iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask
iam:PassRole ecs:StartTask ecs:RegisterContainerInstance ecs:DeregisterContainerInstance
iam:PassRole ecs:RunTask
ecs:ExecuteCommand ecs:DescribeTasks
iam:PassRole batch:RegisterJobDefinition batch:SubmitJob
iam:PassRole sagemaker:CreateNotebookInstance
iam:PassRole sagemaker:CreateTrainingJob
iam:PassRole sagemaker:CreateProcessingJob
iam:PassRole sagemaker:CreateHyperParameterTuningJob
sagemaker:CreatePresignedNotebookInstanceUrl
sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance
ssm:StartSession
ssm:SendCommand
iam:PassRole ssm:StartAutomationExecution
iam:PassRole apprunner:CreateService
apprunner:UpdateService
iam:PassRole bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:InvokeCodeInterpreter
bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
iam:PassRole states:CreateStateMachine states:StartExecution
iam:PassRole states:UpdateStateMachine states:StartExecution
iam:PassRole scheduler:CreateSchedule
iam:PassRole scheduler:UpdateSchedule
iam:PassRole pipes:CreatePipe
iam:PassRole events:PutRule events:PutTargets
iam:PassRole elasticmapreduce:RunJobFlow
iam:PassRole greengrass:CreateDeployment
iam:PassRole amplify:CreateApp amplify:CreateBranch
iam:PassRole imagebuilder:CreateInfrastructureConfiguration
iam:PassRole cognito-identity:SetIdentityPoolRoles
kms:PutKeyPolicy
s3:PutBucketPolicy
dynamodb:PutResourcePolicy
secretsmanager:PutResourcePolicy
lambda:AddPermission
lambda:AddLayerVersionPermission
organizations:DetachPolicy
`;

/** Each combination: its actions, sorted as research writes them. */
export const ESCALATIONS: readonly (readonly string[])[] = LINES.trim()
  .split("\n")
  .map((line) => line.split(" "));
