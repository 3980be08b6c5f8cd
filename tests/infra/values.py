"""Values that AWS has and that cfn-lint's schemas take as any text: found by misspelling every word of the template."""

VALUES = {
    "AllowedMethods": "GET HEAD OPTIONS PUT PATCH POST DELETE",
    "AuthorizationType": "NONE",
    "BudgetType": "COST",
    "ComparisonOperator": "GreaterThanThreshold LessThanThreshold GREATER_THAN",
    "DefaultRootObject": "index.html",
    "EventType": "viewer-request",
    "Handler": "bootstrap",
    "Header": "Permissions-Policy Cross-Origin-Opener-Policy",
    "HeaderName": "x-origin-secret",
    "IntegrationType": "AWS_PROXY",
    "KeyType": "HASH RANGE",
    "MatchingEventTypes": "BOUNCE COMPLAINT REJECT RENDERING_FAILURE DELIVERY",
    # Ours (handler), then those of AWS.
    "MetricName": """OldestPendingMailSeconds CanaryDelivered MailRefused
        Errors Throttles ApproximateNumberOfMessagesVisible UserErrors 5xx Reputation.BounceRate Reputation.ComplaintRate""",
    "Namespace": "BookALibrarian AWS/Lambda AWS/SQS AWS/DynamoDB AWS/ApiGateway AWS/SES",
    "NotificationType": "ACTUAL FORECASTED",
    "OriginProtocolPolicy": "https-only",
    "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    "OriginSSLProtocols": "TLSv1.2",
    # Everybody: the bucket's refusal of what comes without TLS. checkov finds it in a permission.
    "Principal": "* apigateway.amazonaws.com events.amazonaws.com",
    "ProtocolType": "HTTP",
    "Service": "cloudfront.amazonaws.com lambda.amazonaws.com scheduler.amazonaws.com events.amazonaws.com",
    "StartingPosition": "LATEST",
    "Stat": "Sum",
    "StreamViewType": "NEW_IMAGE",
    "SubscriptionType": "EMAIL",
    "SuppressedReasons": "BOUNCE COMPLAINT",
    "TimeUnit": "MONTHLY",
    "TlsPolicy": "REQUIRE",
    "Unit": "USD",
    "ViewerProtocolPolicy": "redirect-to-https",
    "source": "aws.ses",
}

# The only dimension or attribute names that stand at these places.
PLACES = [
    (r"Dimensions: \[\{ Name: ([^,]+),", "function FunctionName QueueName ApiId 'ses:configuration-set'"),
    (r"TimeToLiveSpecification: \{ AttributeName: (\w+),", "expires"),
    (r"Action: (lambda:\w+)", "lambda:InvokeFunction"),
    (r"Protocol: (\w+), Endpoint", "email"),
    (r"RouteKey: (.+)", "ANY /desk/{proxy+}"),
    (r"EventPattern: \{ source: \[aws\.ses\], (.+?): \[", "detail: { mail: { tags: { 'ses:configuration-set'"),
    (r"eventType: \[(\w+,[^]]+)\]", "Bounce, Complaint, Reject, Rendering Failure"),
    (r"eventType: \[(\w+)\]", "Delivery"),
    (r"audience: \[([^]]+)\]", "branch"),
    (r"NonKeyAttributes: \[(\w+)\]", "summary"),
    (r"SCHEMA\((.+)\)", '"AWS/DynamoDB", Operation, TableName'),
    (r"Principal: \{ (\w+):", "Service"),
    (r"Name: function, Value: (\w+)", "sweep deliver"),
    (r"\{ Id: (\w+), ReturnData", "errors throttles"),
    (r"- Id: (\w+)\n\s+ReturnData", "came"),
    (r"FILL\((\w+), 0\)", "came"),
    (r"Expression: (errors \+ \w+)", "errors + throttles"),
]
