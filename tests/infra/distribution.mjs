// What the template says about CloudFront, as plain data. What isn't known here is refused, so that
// nothing in the template is silently left out of the tests.
import { Stack } from '../cloud/template.mjs';

/** The managed policies that the template names by their fixed ids. */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const known = {
  distribution: [
    'Enabled', 'Comment', 'Aliases', 'HttpVersion', 'IPV6Enabled', 'PriceClass', 'WebACLId', 'DefaultRootObject',
    'ViewerCertificate', 'Origins', 'DefaultCacheBehavior', 'CacheBehaviors', 'CustomErrorResponses',
  ],
  behavior: [
    'PathPattern', 'TargetOriginId', 'AllowedMethods', 'ViewerProtocolPolicy', 'Compress', 'CachePolicyId',
    'OriginRequestPolicyId', 'ResponseHeadersPolicyId', 'FunctionAssociations',
  ],
  origin: ['Id', 'DomainName', 'OriginAccessControlId', 'S3OriginConfig', 'CustomOriginConfig', 'OriginCustomHeaders'],
  error: ['ErrorCode', 'ResponseCode', 'ResponsePagePath', 'ErrorCachingMinTTL'],
  security: ['ContentSecurityPolicy', 'StrictTransportSecurity', 'ContentTypeOptions', 'ReferrerPolicy'],
};

function only(object, keys, what) {
  const other = Object.keys(object).filter((key) => !keys.includes(key));
  if (other.length > 0) throw new Error(`the stand-in knows no ${other.join(', ')} of a ${what}`);
}

function find(list, test, what) {
  const found = list.find(test);
  if (!found) throw new Error(`the template has no ${what}`);
  return found;
}

/** The headers that a policy adds: `[{ name, value, override }]`. */
function headersOf(stack, id) {
  const { properties } = find(stack.byType('AWS::CloudFront::ResponseHeadersPolicy'), (policy) => stack.ref(policy.id) === id, `headers policy ${id}`);
  const { Name, SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom = { Items: [] }, ...rest } = properties.ResponseHeadersPolicyConfig;
  only(rest, [], 'headers policy');
  only(security, known.security, 'security header');
  const { ContentSecurityPolicy: csp, StrictTransportSecurity: hsts, ContentTypeOptions: type, ReferrerPolicy: referrer } = security;
  const headers = custom.Items.map(({ Header, Value, Override }) => ({ name: Header.toLowerCase(), value: Value, override: Override }));
  if (csp) headers.push({ name: 'content-security-policy', value: csp.ContentSecurityPolicy, override: csp.Override });
  if (type) headers.push({ name: 'x-content-type-options', value: 'nosniff', override: type.Override });
  if (referrer) headers.push({ name: 'referrer-policy', value: referrer.ReferrerPolicy, override: referrer.Override });
  if (hsts) {
    const value = `max-age=${hsts.AccessControlMaxAgeSec}${hsts.IncludeSubdomains ? '; includeSubDomains' : ''}${hsts.Preload ? '; preload' : ''}`;
    headers.push({ name: 'strict-transport-security', value, override: hsts.Override });
  }
  return headers;
}

/** Which encodings a cache policy lets CloudFront compress to, best first. */
function encodingsOf(stack, id) {
  if (id === cachingDisabled) return [];
  const { properties } = find(stack.byType('AWS::CloudFront::CachePolicy'), (policy) => stack.ref(policy.id) === id, `cache policy ${id}`);
  const { CookiesConfig, HeadersConfig, QueryStringsConfig, EnableAcceptEncodingBrotli, EnableAcceptEncodingGzip } =
    properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin;
  if ([CookiesConfig.CookieBehavior, HeadersConfig.HeaderBehavior, QueryStringsConfig.QueryStringBehavior].some((what) => what !== 'none')) {
    throw new Error('the stand-in knows only cache policies that forward nothing');
  }
  return [EnableAcceptEncodingBrotli && 'br', EnableAcceptEncodingGzip && 'gzip'].filter(Boolean);
}

/** The code of a function by its ARN, and the event that it is for. */
function functionsOf(stack, associations = []) {
  return associations.map(({ EventType, FunctionARN }) => {
    if (EventType !== 'viewer-request') throw new Error(`the stand-in runs no function at ${EventType}`);
    const isThis = ({ id }) => stack.get(id, 'FunctionARN') === FunctionARN;
    return find(stack.byType('AWS::CloudFront::Function'), isThis, `function ${FunctionARN}`).properties.FunctionCode;
  });
}

function behaviorOf(stack, properties) {
  only(properties, known.behavior, 'behavior');
  const policy = properties.OriginRequestPolicyId;
  if (policy !== undefined && policy !== allViewerExceptHost) throw new Error(`the stand-in knows no origin request policy ${policy}`);
  return {
    pattern: properties.PathPattern,
    origin: properties.TargetOriginId,
    methods: properties.AllowedMethods ?? ['GET', 'HEAD'],
    protocol: properties.ViewerProtocolPolicy,
    encodings: properties.Compress ? encodingsOf(stack, properties.CachePolicyId) : [],
    forwardsViewer: policy === allViewerExceptHost,
    headers: properties.ResponseHeadersPolicyId === undefined ? [] : headersOf(stack, properties.ResponseHeadersPolicyId),
    functions: functionsOf(stack, properties.FunctionAssociations),
  };
}

/** What CloudFront may do in a bucket, by its policy: a set of `s3:GetObject`, `s3:ListBucket`. */
function rightsOf(stack, bucketId) {
  const { properties } = find(stack.byType('AWS::S3::BucketPolicy'), (policy) => policy.properties.Bucket === stack.ref(bucketId), 'policy of the bucket');
  return new Set(properties.PolicyDocument.Statement
    .filter(({ Effect, Principal }) => Effect === 'Allow' && Principal?.Service === 'cloudfront.amazonaws.com')
    .flatMap(({ Action }) => Action));
}

function originOf(stack, properties) {
  only(properties, known.origin, 'origin');
  const headers = (properties.OriginCustomHeaders ?? []).map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]);
  const origin = { id: properties.Id, host: properties.DomainName, headers: Object.fromEntries(headers) };
  if (!properties.S3OriginConfig) return origin;
  const isThis = ({ id }) => stack.get(id, 'RegionalDomainName') === properties.DomainName;
  const bucket = find(stack.byType('AWS::S3::Bucket'), isThis, `bucket ${properties.DomainName}`);
  return { ...origin, rights: properties.OriginAccessControlId ? rightsOf(stack, bucket.id) : new Set() };
}

/**
 * The distribution of a template (a path, or a `Stack`): `{ rootObject, origins, behaviors, errors }`.
 * The default behavior is the last and has no pattern; an origin with `rights` is a bucket.
 */
export function readDistribution(template, options) {
  const stack = template instanceof Stack ? template : Stack.read(template, options);
  const [{ properties }] = stack.byType('AWS::CloudFront::Distribution');
  const config = properties.DistributionConfig;
  only(config, known.distribution, 'distribution');
  return {
    rootObject: config.DefaultRootObject,
    origins: new Map(config.Origins.map((origin) => [origin.Id, originOf(stack, origin)])),
    behaviors: [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior].map((behavior) => behaviorOf(stack, behavior)),
    errors: new Map((config.CustomErrorResponses ?? []).map((error) => {
      only(error, known.error, 'custom error response');
      return [error.ErrorCode, { page: error.ResponsePagePath, status: Number(error.ResponseCode ?? error.ErrorCode), ttl: error.ErrorCachingMinTTL }];
    })),
  };
}
