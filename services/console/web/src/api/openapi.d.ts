/** Made from the API's OpenAPI document by 'npm run build:console-types'. */
export interface paths {
  "/admin/audit": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * List audit events of operators and of the platform, newest first
     * @description An operator's key opens it, and no tenant's.
     */
    get: operations["listOperatorsAuditEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/operators": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * List operators' keys, including revoked ones, newest first
     * @description An operator's key opens it, and no tenant's.
     */
    get: operations["listOperatorKeys"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/operators/{id}/revoke": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Revoke an operator's key, possibly the caller's own
     * @description An operator's key opens it, and no tenant's.
     */
    post: operations["revokeOperatorKey"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/tenants": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * List tenants, newest first, or the tenant with a name
     * @description An operator's key opens it, and no tenant's.
     */
    get: operations["listTenants"];
    put?: never;
    /**
     * Create a tenant and its first API key, which has all scopes
     * @description An operator's key opens it, and no tenant's.
     */
    post: operations["createTenant"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/tenants/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Read a tenant, its state and its limits
     * @description An operator's key opens it, and no tenant's.
     */
    get: operations["readTenant"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/tenants/{id}/erase": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Suspend a tenant, and permanently erase all of its data
     * @description An operator's key opens it, and no tenant's.
     */
    post: operations["eraseTenant"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/tenants/{id}/limits": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Set a tenant's limits. Absent limits are unchanged; null removes a limit
     * @description An operator's key opens it, and no tenant's.
     */
    patch: operations["setTenantLimits"];
    trace?: never;
  };
  "/admin/tenants/{id}/resume": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Resume a suspended tenant
     * @description An operator's key opens it, and no tenant's.
     */
    post: operations["resumeTenant"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/tenants/{id}/suspend": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Suspend a tenant: its credentials are refused, and its executions are not started
     * @description An operator's key opens it, and no tenant's.
     */
    post: operations["suspendTenant"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api-keys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List API keys, including revoked and expired ones, newest first */
    get: operations["listApiKeys"];
    put?: never;
    /** Create an API key with scopes that the caller has */
    post: operations["createApiKey"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api-keys/{id}/revoke": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Revoke an API key and end its sessions */
    post: operations["revokeApiKey"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/audit": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List audit events, newest first */
    get: operations["listAuditEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/audit/export": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Export audit events, oldest first, one JSON document per line; the last line counts the others */
    get: operations["exportAuditEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/audit/exports": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List exports of audit events, newest first */
    get: operations["listAuditExports"];
    put?: never;
    /** Export audit events to a compressed file, which is kept for a day */
    post: operations["createAuditExport"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/audit/exports/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read an export of audit events, and get the URL of its content */
    get: operations["readAuditExport"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/custom-models": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the tenant's custom models, sorted by name */
    get: operations["listCustomModels"];
    put?: never;
    /** Add a custom model with its endpoint */
    post: operations["createCustomModel"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/custom-models/{name}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a custom model */
    get: operations["readCustomModel"];
    /** Replace a model, including its API key; running executions are not affected */
    put: operations["replaceCustomModel"];
    post?: never;
    /** Delete a model; queued executions end at their deadlines */
    delete: operations["deleteCustomModel"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/datasets": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the datasets, sorted by name */
    get: operations["listDatasets"];
    put?: never;
    /** Create a dataset without items */
    post: operations["createDataset"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/datasets/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a dataset */
    get: operations["readDataset"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/datasets/{id}/items": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the items of a dataset by their numbers */
    get: operations["listItems"];
    put?: never;
    /** Add up to 500 items to a dataset, all or none; as application/x-ndjson, one item per line */
    post: operations["addItems"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/datasets/{id}/items/{item}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Remove an item from a dataset. Results of experiments keep it */
    delete: operations["removeItem"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/dead-letters": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List quarantined executions, latest first */
    get: operations["listDeadLetters"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/dead-letters/{id}/rerun": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Rerun a dead letter as a new execution, and remove it from the dead letters */
    post: operations["rerunDeadLetter"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/evaluators": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the evaluators, sorted by name */
    get: operations["listEvaluators"];
    put?: never;
    /** Create an evaluator */
    post: operations["createEvaluator"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/evaluators/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read an evaluator */
    get: operations["readEvaluator"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List executions, newest first: those that clients created, or those of a workflow execution or an experiment */
    get: operations["listExecutions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read an execution */
    get: operations["readExecution"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/cancel": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Cancel an unfinished execution, and the executions of its nodes */
    post: operations["cancelExecution"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/events": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read the events of an execution, at most 1,000 per request */
    get: operations["readExecutionEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/nodes/{node}/abort": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Abort a paused node; the workflow fails */
    post: operations["abortNode"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/nodes/{node}/approve": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Approve a node that waits for approval */
    post: operations["approveNode"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/nodes/{node}/reject": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Reject a node that waits for approval; the node fails */
    post: operations["rejectNode"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/nodes/{node}/retry": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Run a paused node again */
    post: operations["retryNode"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/executions/{id}/stream": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Follow an execution over a WebSocket or server-sent events; 'after' is the number of the last event received */
    get: operations["followExecution"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/experiments": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List experiments, newest first */
    get: operations["listExperiments"];
    put?: never;
    /** Create an experiment, which runs on the current items of the dataset */
    post: operations["createExperiment"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/experiments/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read an experiment with the figures of its candidates */
    get: operations["readExperiment"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/experiments/{id}/cancel": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Cancel a running experiment, and its executions */
    post: operations["cancelExperiment"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/experiments/{id}/items": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read the items of an experiment with the outputs and scores of all candidates */
    get: operations["readExperimentItems"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/files": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List files, newest first */
    get: operations["listFiles"];
    put?: never;
    /** Create a file, and get the request that uploads its content */
    post: operations["createFile"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/files/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a file, and get the URL of its content */
    get: operations["readFile"];
    put?: never;
    post?: never;
    /** Delete a file. Its content is deleted as soon as its upload cannot be repeated */
    delete: operations["deleteFile"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/health/live": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Probe 'live'
     * @description The kubelet asks, and has no credential.
     */
    get: operations["probeLive"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/health/ready": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Probe 'ready'
     * @description The kubelet asks, and has no credential.
     */
    get: operations["probeReady"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/health/startup": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Probe 'startup'
     * @description The kubelet asks, and has no credential.
     */
    get: operations["probeStartup"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/invitations/accept": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Accept an invitation or a password reset with a new password, and log in
     * @description The invitation in the body is the credential.
     */
    post: operations["acceptInvitation"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/login": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Log in with a password
     * @description The password in the body is the credential.
     */
    post: operations["logIn"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/logout": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * End the session of a token
     * @description It ends the session of the token, with all of its tokens. An API key has none.
     */
    post: operations["endSession"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/models": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the models that prompts can use */
    get: operations["listModels"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/openapi.json": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Read this OpenAPI document
     * @description It says how to call the API, and nothing of a tenant.
     */
    get: operations["readDocument"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/organization/export": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Export all data of the organization, one JSON document per line; the last line counts the others */
    get: operations["exportOrganization"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List prompts, newest first */
    get: operations["listPrompts"];
    put?: never;
    /** Create a prompt with version 1 */
    post: operations["createPrompt"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a prompt */
    get: operations["readPrompt"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/execute": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Execute a prompt. The execution is committed when it is accepted */
    post: operations["executePrompt"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/gates": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the gates of a prompt's labels */
    get: operations["listGates"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/labels": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the labels of a prompt, sorted by name */
    get: operations["listLabels"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/labels/{label}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** Set a label of a prompt, or move it to another version */
    put: operations["setLabel"];
    post?: never;
    /** Remove a label of a prompt */
    delete: operations["removeLabel"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/labels/{label}/gate": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** Require a score of versions that a label is to name. What it names already stays */
    put: operations["setGate"];
    post?: never;
    /** Remove the gate of a label */
    delete: operations["removeGate"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/overrides": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the last 100 overrides of gates of a prompt, newest first */
    get: operations["listOverrides"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/versions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Add a version, which becomes the latest */
    post: operations["addPromptVersion"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prompts/{id}/versions/{version}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a version of a prompt */
    get: operations["readPromptVersion"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tokens": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Start a session of an API key: returns a token, valid for 15 minutes, and a refresh token
     * @description The session has its API key's scopes, and ends with the key. A token makes no other.
     */
    post: operations["createSession"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tokens/refresh": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Exchange a refresh token for the session's next tokens
     * @description The refresh token in the body is the credential. One that is used a second time ends the session.
     */
    post: operations["refreshSession"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/usage": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read the current month's tokens and cost by day and model */
    get: operations["readUsage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/usage/daily": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read calls, outcomes, tokens and cost by day and model */
    get: operations["readDailyUsage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/usage/export": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Export finished attempts and executions of up to the last 90 days */
    get: operations["exportUsage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/usage/exports": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List exports of usage events, newest first */
    get: operations["listUsageExports"];
    put?: never;
    /** Export usage events to a compressed file, which is kept for a day */
    post: operations["createUsageExport"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/usage/exports/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read an export of usage events, and get the URL of its content */
    get: operations["readUsageExport"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List users, newest first */
    get: operations["listUsers"];
    put?: never;
    /** Invite a user with a role whose scopes the caller has */
    post: operations["inviteUser"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Erase a user; the user's sessions end, and API keys that the user created are revoked */
    delete: operations["removeUser"];
    options?: never;
    head?: never;
    /** Change a user's role, or suspend or resume the user; API keys that the user created but may no longer create are revoked */
    patch: operations["changeUser"];
    trace?: never;
  };
  "/users/{id}/export": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Export all data about a user, one JSON document per line; the last line counts the others. Also requires the scope 'audit:read' */
    get: operations["exportUser"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users/{id}/invitation": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Create another invitation for a user who has not accepted one; the previous invitation becomes invalid */
    post: operations["inviteUserAgain"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users/{id}/password-reset": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Create an invitation that resets a user's password; the user's sessions end when it is accepted */
    post: operations["resetPassword"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users/me": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Read the caller: organization, role and scopes
     * @description It reads the user whose token is sent, whatever the user's role.
     */
    get: operations["readSignedInUser"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users/me/export": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Export all data about the caller, one JSON document per line; the last line counts the others
     * @description It exports the user whose token is sent, whatever the user's role.
     */
    get: operations["exportOwnUser"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/users/me/password": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /**
     * Change the caller's password; the caller's other sessions end
     * @description It changes the password of the user whose token is sent. An API key has none.
     */
    put: operations["changePassword"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/chat/completions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Create a chat completion; with 'stream', it is sent while it is generated */
    post: operations["createChatCompletion"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/models": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the models that chat completions can use */
    get: operations["listModelsForOpenAI"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/models/{model}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a model that chat completions can use */
    get: operations["readModelForOpenAI"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the tenant's webhooks, newest first */
    get: operations["listWebhooks"];
    put?: never;
    /** Create a webhook with the secret that signs what it is sent */
    post: operations["createWebhook"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a webhook */
    get: operations["readWebhook"];
    put?: never;
    post?: never;
    /** Delete a webhook; deliveries that wait are not sent */
    delete: operations["deleteWebhook"];
    options?: never;
    head?: never;
    /** Change, disable or enable a webhook */
    patch: operations["changeWebhook"];
    trace?: never;
  };
  "/webhooks/{id}/deliveries": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the deliveries of the last 30 days, newest first */
    get: operations["listWebhookDeliveries"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{id}/deliveries/{delivery}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a delivery with its attempts */
    get: operations["readWebhookDelivery"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{id}/deliveries/{delivery}/resend": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Send an event again, with the same id; failed attempts are retried as at first */
    post: operations["resendWebhook"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{id}/rotate-secret": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Give a webhook a new secret; the previous one also signs for 24 hours */
    post: operations["rotateWebhookSecret"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{id}/test": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Send a webhook the event 'webhook.test' */
    post: operations["testWebhook"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/workflows": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List workflows, newest first */
    get: operations["listWorkflows"];
    put?: never;
    /** Create a workflow with version 1 */
    post: operations["createWorkflow"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/workflows/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a workflow */
    get: operations["readWorkflow"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/workflows/{id}/execute": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Execute a workflow. The execution is committed when it is accepted */
    post: operations["executeWorkflow"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/workflows/{id}/versions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Add a version, which becomes the latest */
    post: operations["addWorkflowVersion"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/workflows/{id}/versions/{version}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a version of a workflow */
    get: operations["readWorkflowVersion"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /**
     * @example {
     *       "invitation": "poi_...",
     *       "password": "correct horse battery"
     *     }
     */
    AcceptanceInput: { invitation: string; password: string };
    AcceptedExecution: {
      /** Format: uuid */
      id: string;
      /** @constant */
      state: "queued";
      /** @description The path at which a WebSocket follows the execution. */
      stream: string;
    };
    ApiKey: {
      /** Format: date-time */
      createdAt: string;
      /** @description The user who created the API key. Null if no user did, or if the user was erased. */
      createdBy: string | null;
      expiresAt: string | null;
      /** Format: uuid */
      id: string;
      /** @description The day (UTC) on which the API key was last used. */
      lastUsedOn: string | null;
      name: string;
      revokedAt: string | null;
      scopes: string[];
    };
    AuditEvent: {
      /** @enum {string} */
      action:
        | "api_key.create"
        | "api_key.revoke"
        | "audit.export"
        | "audit.read"
        | "custom_model.create"
        | "custom_model.delete"
        | "custom_model.replace"
        | "dataset.add_items"
        | "dataset.create"
        | "dataset.remove_item"
        | "evaluator.create"
        | "execution.abort_node"
        | "execution.approve_node"
        | "execution.cancel"
        | "execution.create"
        | "execution.reject_node"
        | "execution.rerun"
        | "execution.retry_node"
        | "experiment.cancel"
        | "experiment.create"
        | "file.create"
        | "file.delete"
        | "operator.create"
        | "operator.revoke"
        | "organization.export"
        | "prompt.add_version"
        | "prompt.create"
        | "prompt.override_gate"
        | "prompt.remove_gate"
        | "prompt.remove_label"
        | "prompt.set_gate"
        | "prompt.set_label"
        | "request.refuse"
        | "session.create"
        | "session.end"
        | "session.refresh"
        | "tenant.create"
        | "tenant.erase"
        | "tenant.erased"
        | "tenant.limit"
        | "tenant.resume"
        | "tenant.suspend"
        | "usage.export"
        | "user.accept"
        | "user.change_password"
        | "user.erase"
        | "user.export"
        | "user.invite"
        | "user.provision"
        | "user.reset_password"
        | "user.update"
        | "webhook.create"
        | "webhook.delete"
        | "webhook.disable"
        | "webhook.resend"
        | "webhook.rotate_secret"
        | "webhook.test"
        | "webhook.update"
        | "workflow.add_version"
        | "workflow.create";
      actor: {
        /** @description The id of the user, API key or operator's key, which may have been erased since. */
        id: string | null;
        /**
         * @description 'system' is a job of the platform; 'anonymous' is a client without a valid credential.
         * @enum {string}
         */
        kind: "user" | "key" | "operator" | "system" | "anonymous";
      };
      /** Format: date-time */
      createdAt: string;
      details: { [key: string]: unknown };
      /** Format: uuid */
      id: string;
      object: { id: string | null; kind: string };
      /** @enum {string} */
      outcome: "success" | "denied";
      /** @description The code of the error with which the request was denied. */
      reason: string | null;
      /** @description The value of the response header 'x-request-id'. */
      requestId: string | null;
      /** @description The client's network: an IPv4 /24 or an IPv6 /48. */
      source: string | null;
      /** @description Null if the event concerns the platform, or if the tenant is unknown. */
      tenant: string | null;
    };
    ChatCompletion: {
      choices: {
        finish_reason: string;
        /** @constant */
        index: 0;
        logprobs: null;
        message: {
          content: string;
          refusal: null;
          /** @constant */
          role: "assistant";
        };
      }[];
      /** @description Unix time in seconds. */
      created: number;
      /**
       * Format: uuid
       * @description The id of the execution, for GET /executions/{id}.
       */
      id: string;
      /** @description The model that answered: the requested one, or one of its fallbacks. */
      model: string;
      /** @constant */
      object: "chat.completion";
      /** @description Tokens of all attempts. Absent if the model reported none. */
      usage?: { completion_tokens: number; prompt_tokens: number; total_tokens: number };
    };
    ChatError: {
      error: {
        /** @description The code of a problem document, or the reason why the execution failed. */
        code: string;
        message: string;
        /** @description The invalid part of the request. */
        param: string | null;
        type: string;
      };
    };
    /**
     * @example {
     *       "role": "user",
     *       "content": "Greet the world."
     *     }
     */
    ChatMessageInput: {
      annotations?: unknown[] | null;
      audio?: null;
      content:
        | string
        | {
            text: string;
            /** @constant */
            type: "text";
          }[];
      function_call?: null;
      refusal?: null;
      /**
       * @description 'developer' is treated as 'system'.
       * @enum {string}
       */
      role: "system" | "developer" | "user" | "assistant";
      tool_calls?: unknown[] | null;
    };
    /**
     * @example {
     *       "model": "simulated",
     *       "messages": [
     *         {
     *           "role": "user",
     *           "content": "Greet the world."
     *         }
     *       ]
     *     }
     */
    ChatRequestInput: {
      frequency_penalty?: number | null;
      function_call?: ("none" | "auto") | null;
      functions?: unknown[] | null;
      logit_bias?: Record<string, never> | null;
      logprobs?: false | null;
      max_completion_tokens?: number | null;
      /** @description The older name of 'max_completion_tokens', which takes precedence. */
      max_tokens?: number | null;
      messages: components["schemas"]["ChatMessageInput"][];
      /** @description Ignored. */
      metadata?: unknown;
      modalities?: "text"[] | null;
      model: string;
      n?: 1 | null;
      /** @description Ignored. */
      parallel_tool_calls?: unknown;
      presence_penalty?: number | null;
      /** @description Ignored. */
      prompt_cache_key?: unknown;
      /** @description Only text is supported. */
      response_format?: {
        /** @constant */
        type: "text";
      } | null;
      /** @description Ignored. */
      safety_identifier?: unknown;
      seed?: number | null;
      /** @description Ignored. */
      service_tier?: unknown;
      /** @description The answer ends before the first of these texts. */
      stop?: (string | string[]) | null;
      /** @description Ignored. */
      store?: unknown;
      stream?: boolean | null;
      /** @description With 'include_usage', the last chunk reports the tokens used. */
      stream_options?: {
        /** @description Ignored. */
        include_obfuscation?: unknown;
        include_usage?: boolean | null;
      } | null;
      temperature?: number | null;
      tool_choice?: ("none" | "auto") | null;
      tools?: unknown[] | null;
      top_logprobs?: null;
      top_p?: number | null;
      /** @description Ignored. */
      user?: unknown;
    };
    CustomModel: {
      concurrency: number;
      contextLength: number | null;
      /** Format: date-time */
      createdAt: string;
      fallbacks: string[];
      hasApiKey: boolean;
      /**
       * Format: uuid
       * @description The id that audit events contain.
       */
      id: string;
      maxOutputTokens: number | null;
      /** @description The name to use in prompts: 'custom/<name>'. */
      model: string;
      name: string;
      price: {
        /** Format: date */
        asOf: string;
        input: number;
        output: number;
      } | null;
      /**
       * @description The endpoint's API: OpenAI's chat completions, or Anthropic's messages.
       * @enum {string}
       */
      protocol: "openai" | "anthropic";
      servedAs: string;
      url: string;
    };
    Dataset: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      /** @description The number of its items that were not removed. */
      items: number;
      name: string;
    };
    /**
     * @example {
     *       "comment": "Looks right."
     *     }
     */
    DecisionInput: { comment?: string };
    Definition:
      | {
          /** @default false */
          ignoreCase: boolean;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "equals";
          /** @description By default, the item's 'expected'. */
          value?: string;
        }
      | {
          /** @default false */
          ignoreCase: boolean;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "contains";
          /** @description By default, the item's 'expected'. */
          value?: string;
        }
      | {
          /** @description A regular expression with RE2 syntax. */
          pattern: string;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "matches";
        }
      | {
          /** @description A JSON schema (draft 2020-12). 'format' is not validated. */
          schema: { [key: string]: unknown };
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "json_schema";
        }
      | {
          maxCharacters?: number;
          /** @default 0 */
          minCharacters: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "length";
        }
      | {
          /** @description From the start of the execution to its end. */
          maxMilliseconds: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "latency";
        }
      | {
          /** @description Millionths of a USD. A model without a price has no score. */
          maxMicroUsd: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "cost";
        }
      | {
          /** @description Of the prompt and the answer together. */
          maxTokens: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "tokens";
        }
      | {
          /** @description A CEL expression that returns a boolean or a number from 0 to 1. It reads 'output', 'expected', 'variables', 'latencyMs', 'tokens' and 'costMicroUsd'. */
          expression: string;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "expression";
        }
      | {
          /** @description By default, the model of the prompt's version. */
          model?: string;
          /**
           * Format: uuid
           * @description A prompt that declares 'output', and of 'input', 'output', 'expected' no others.
           */
          promptId: string;
          /**
           * @description The scale of 'score' in the judge's answer, a JSON object. It is mapped to 0 to 1.
           * @default {
           *       "min": 0,
           *       "max": 1
           *     }
           */
          scale: { max: number; min: number };
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold: number;
          /** @constant */
          type: "judge";
          version: number;
        };
    Evaluator: {
      /** Format: date-time */
      createdAt: string;
      definition: components["schemas"]["Definition"];
      /** Format: uuid */
      id: string;
      name: string;
    };
    Execution: {
      attempt: number;
      /** @description The execution whose cached answer was returned. Null if the model was called. */
      cachedFrom: string | null;
      /** @description Null if the model has no price. */
      cost: {
        /** @description Cost of the tokens in 'usage', in millionths of a USD. */
        microUsd: number;
        /**
         * Format: date
         * @description The day on which the price was looked up.
         */
        priceAsOf: string;
      } | null;
      /** Format: date-time */
      createdAt: string;
      error: { code: string; message: string } | null;
      /** @description The experiment that created the execution. Null if a client did. */
      experimentId: string | null;
      finishedAt: string | null;
      /** @description Why the model stopped. 'stop': the answer is complete. 'length': the output reached its maximum number of tokens. */
      finishReason: string | null;
      /** Format: uuid */
      id: string;
      /**
       * @description 'chat' is an execution created by POST /v1/chat/completions.
       * @enum {string}
       */
      kind: "prompt" | "workflow" | "chat";
      /** @description The model that answers: the requested one, or one of its fallbacks. Null for a workflow. */
      model: string | null;
      output: string | null;
      /** @description The workflow execution and its node that this execution belongs to. Null if there is none. */
      parent: {
        attempt: number;
        /** Format: uuid */
        id: string;
        item: number;
        node: string;
      } | null;
      promptId: string | null;
      promptVersion: number | null;
      /** @description The model that was requested. Null for a workflow. */
      requestedModel: string | null;
      startedAt: string | null;
      /** @enum {string} */
      state: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
      /** @description Tokens of all attempts for which the model reported them. */
      usage: { [key: string]: number } | null;
      workflowId: string | null;
      workflowVersion: number | null;
    };
    ExecutionDetail: {
      attempt: number;
      /** @description The execution whose cached answer was returned. Null if the model was called. */
      cachedFrom: string | null;
      /** @description Null if the model has no price. */
      cost: {
        /** @description Cost of the tokens in 'usage', in millionths of a USD. */
        microUsd: number;
        /**
         * Format: date
         * @description The day on which the price was looked up.
         */
        priceAsOf: string;
      } | null;
      /** Format: date-time */
      createdAt: string;
      error: { code: string; message: string } | null;
      /** @description The experiment that created the execution. Null if a client did. */
      experimentId: string | null;
      finishedAt: string | null;
      /** @description Why the model stopped. 'stop': the answer is complete. 'length': the output reached its maximum number of tokens. */
      finishReason: string | null;
      /** Format: uuid */
      id: string;
      /**
       * @description 'chat' is an execution created by POST /v1/chat/completions.
       * @enum {string}
       */
      kind: "prompt" | "workflow" | "chat";
      /** @description The model that answers: the requested one, or one of its fallbacks. Null for a workflow. */
      model: string | null;
      /** @description The nodes of a workflow, in the order of its graph. Null for other executions. */
      nodes: components["schemas"]["NodeExecution"][] | null;
      output: string | null;
      /** @description The workflow execution and its node that this execution belongs to. Null if there is none. */
      parent: {
        attempt: number;
        /** Format: uuid */
        id: string;
        item: number;
        node: string;
      } | null;
      promptId: string | null;
      promptVersion: number | null;
      /** @description The model that was requested. Null for a workflow. */
      requestedModel: string | null;
      startedAt: string | null;
      /** @enum {string} */
      state: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
      /** @description Tokens of all attempts for which the model reported them. */
      usage: { [key: string]: number } | null;
      workflowId: string | null;
      workflowVersion: number | null;
    };
    ExecutionEvent: {
      /** Format: date-time */
      at: string;
      attempt: number;
      data: { [key: string]: unknown };
      seq: number;
      /** @enum {string} */
      type:
        | "job_started"
        | "token_chunk"
        | "job_retrying"
        | "job_complete"
        | "job_failed"
        | "job_cancelled"
        | "node_started"
        | "node_waiting"
        | "node_paused"
        | "node_completed"
        | "node_failed"
        | "node_skipped";
    };
    Experiment: {
      candidates: {
        /** @description The label that named the version. Null if none did. */
        label: string | null;
        model: string;
        /** Format: uuid */
        promptId: string;
        version: number;
      }[];
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      datasetId: string;
      endedResults: number;
      error: { code: string; message: string } | null;
      evaluatorIds: string[];
      finishedAt: string | null;
      /** Format: uuid */
      id: string;
      /** @description Items of the dataset when the experiment was created: those that it runs. */
      items: number;
      name: string;
      /** @description Items times candidates. */
      results: number;
      /** @enum {string} */
      state: "running" | "succeeded" | "failed" | "cancelled";
      timeoutSeconds: number;
    };
    ExperimentDetail: {
      candidates: {
        /** @description The label that named the version. Null if none did. */
        label: string | null;
        model: string;
        /** Format: uuid */
        promptId: string;
        version: number;
      }[];
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      datasetId: string;
      endedResults: number;
      error: { code: string; message: string } | null;
      evaluatorIds: string[];
      finishedAt: string | null;
      /** Format: uuid */
      id: string;
      /** @description Items of the dataset when the experiment was created: those that it runs. */
      items: number;
      /** @description What judges used, beside the candidates. */
      judges: { executions: number; microUsd: number | null; tokens: number };
      name: string;
      /** @description Items times candidates. */
      results: number;
      /** @enum {string} */
      state: "running" | "succeeded" | "failed" | "cancelled";
      summary: {
        /** @description Its place, from 0. */
        candidate: number;
        /** @description Items whose execution failed or was cancelled. */
        failures: number;
        /** @description The label that named the version. Null if none did. */
        label: string | null;
        /** @description From start to end of the executions that succeeded, by nearest rank. Null for none. */
        latencyMs: { p50: number; p95: number } | null;
        /** @description Millionths of a USD. Null if the model has no price. */
        microUsd: number | null;
        model: string;
        /** Format: uuid */
        promptId: string;
        scores: {
          /** @description To the first candidate. Null for itself, and where no item has both scores. */
          difference: {
            /** @description The 95 % confidence interval of 'mean', by Student's t for pairs. Null for one pair. */
            interval: [number, number] | null;
            /** @description The mean of this candidate's score less that of the first one. */
            mean: number;
            /** @description Items with a score of both candidates. */
            pairs: number;
          } | null;
          /** Format: uuid */
          evaluatorId: string;
          /** @description Outputs without one, such as where a judge's answer was no score. They count in no other figure. */
          failures: number;
          /** @description The mean of the scores. Null if there is none. */
          mean: number | null;
          /** @description Scores of the evaluator's threshold or more. */
          passed: number;
          /** @description 'passed' divided by 'scored'. */
          passRate: number | null;
          /** @description The 95 % confidence interval of 'passRate', by Wilson's score. */
          passRateInterval: [number, number] | null;
          /** @description Outputs with a score. */
          scored: number;
        }[];
        tokens: number;
        version: number;
      }[];
      timeoutSeconds: number;
    };
    Export: {
      /** @description The size of the content. Null unless the state is 'succeeded'. */
      bytes: number | null;
      /** Format: date-time */
      createdAt: string;
      /** @description When it is deleted. Null if it is not finished. */
      expiresAt: string | null;
      finishedAt: string | null;
      /** Format: uuid */
      id: string;
      /** @description What is exported: the request, with its defaults. */
      parameters: { [key: string]: unknown };
      /** @description The SHA-256 of the content, in hex. Null unless the state is 'succeeded'. */
      sha256: string | null;
      /** @enum {string} */
      state: "queued" | "running" | "succeeded" | "failed";
    };
    ExportWithDownload: {
      /** @description Where the content (gzip) is downloaded, without a credential. Null unless the state is 'succeeded'. */
      download: {
        /** Format: date-time */
        expiresAt: string;
        url: string;
      } | null;
      export: components["schemas"]["Export"];
    };
    File: {
      bytes: number;
      contentType: string;
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      name: string;
      /** @description When the upload was noticed: by the first GET of the file after it, or a day later. Null before. */
      uploadedAt: string | null;
    };
    FileWithDownload: {
      /** @description Where the content is downloaded, without a credential. Null if the file is not uploaded. */
      download: {
        /** Format: date-time */
        expiresAt: string;
        url: string;
      } | null;
      file: components["schemas"]["File"];
    };
    FileWithUpload: {
      file: components["schemas"]["File"];
      /** @description The request that uploads the content. Any other size or type is refused. Send it without a credential. */
      upload: {
        /** Format: date-time */
        expiresAt: string;
        /** @description Send these headers unchanged. */
        headers: { [key: string]: string };
        /** @constant */
        method: "PUT";
        url: string;
      };
    };
    Gate: {
      /** Format: uuid */
      datasetId: string;
      /** Format: uuid */
      evaluatorId: string;
      label: string;
      minMean: number | null;
      minPassRate: number | null;
    };
    Graph: {
      nodes: (
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after: string[];
            /** @description Instead of 'version': the version that this label of the prompt names when the workflow is executed. */
            label?: string;
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure: "fail" | "pause";
            /** @description The prompt's name. */
            prompt: string;
            /** @default 300 */
            timeoutSeconds: number;
            /** @constant */
            type: "prompt";
            /**
             * @description A CEL expression for each variable of the prompt. A value that is not a string is encoded as JSON.
             * @default {}
             */
            variables: { [key: string]: string };
            /** @description By default, the latest version when the workflow is stored. */
            version?: number;
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after: string[];
            /** @description Instead of 'version': the version that this label of the prompt names when the workflow is executed. */
            label?: string;
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure: "fail" | "pause";
            /** @description A CEL expression that returns a list of at most 100 elements. 'item' and 'index' refer to the current element. */
            over: string;
            /** @description The prompt's name. */
            prompt: string;
            /** @default 300 */
            timeoutSeconds: number;
            /** @constant */
            type: "map";
            /**
             * @description A CEL expression for each variable of the prompt. A value that is not a string is encoded as JSON.
             * @default {}
             */
            variables: { [key: string]: string };
            /** @description By default, the latest version when the workflow is stored. */
            version?: number;
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after: string[];
            /**
             * @description Nodes that run only if the expression is false.
             * @default []
             */
            else: string[];
            /** @description A CEL expression that returns a boolean. */
            if: string;
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure: "fail" | "pause";
            /**
             * @description Nodes that run only if the expression is true.
             * @default []
             */
            then: string[];
            /** @constant */
            type: "condition";
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after: string[];
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure: "fail" | "pause";
            /** @constant */
            type: "approval";
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after: string[];
            name: string;
            seconds: number;
            /** @constant */
            type: "wait";
          }
      )[];
      /** @description A CEL expression for the workflow's output. A value that is not a string is encoded as JSON. */
      output?: string;
    };
    GraphInput: {
      nodes: (
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after?: string[];
            /** @description Instead of 'version': the version that this label of the prompt names when the workflow is executed. */
            label?: string;
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure?: "fail" | "pause";
            /** @description The prompt's name. */
            prompt: string;
            /** @default 300 */
            timeoutSeconds?: number;
            /** @constant */
            type: "prompt";
            /**
             * @description A CEL expression for each variable of the prompt. A value that is not a string is encoded as JSON.
             * @default {}
             */
            variables?: { [key: string]: string };
            /** @description By default, the latest version when the workflow is stored. */
            version?: number;
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after?: string[];
            /** @description Instead of 'version': the version that this label of the prompt names when the workflow is executed. */
            label?: string;
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure?: "fail" | "pause";
            /** @description A CEL expression that returns a list of at most 100 elements. 'item' and 'index' refer to the current element. */
            over: string;
            /** @description The prompt's name. */
            prompt: string;
            /** @default 300 */
            timeoutSeconds?: number;
            /** @constant */
            type: "map";
            /**
             * @description A CEL expression for each variable of the prompt. A value that is not a string is encoded as JSON.
             * @default {}
             */
            variables?: { [key: string]: string };
            /** @description By default, the latest version when the workflow is stored. */
            version?: number;
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after?: string[];
            /**
             * @description Nodes that run only if the expression is false.
             * @default []
             */
            else?: string[];
            /** @description A CEL expression that returns a boolean. */
            if: string;
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure?: "fail" | "pause";
            /**
             * @description Nodes that run only if the expression is true.
             * @default []
             */
            then?: string[];
            /** @constant */
            type: "condition";
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after?: string[];
            name: string;
            /**
             * @description 'fail' ends the workflow; 'pause' waits until a person retries or aborts the node.
             * @default fail
             * @enum {string}
             */
            onFailure?: "fail" | "pause";
            /** @constant */
            type: "approval";
          }
        | {
            /**
             * @description The nodes that must end before this node starts.
             * @default []
             */
            after?: string[];
            name: string;
            seconds: number;
            /** @constant */
            type: "wait";
          }
      )[];
      /** @description A CEL expression for the workflow's output. A value that is not a string is encoded as JSON. */
      output?: string;
    };
    /**
     * @example {
     *       "input": {
     *         "personalData": [
     *           "card"
     *         ]
     *       },
     *       "output": {
     *         "format": "json"
     *       }
     *     }
     */
    Guardrails: {
      /** @description Rules for the values of the variables. An execution that violates one is refused. */
      input?: {
        /** @description Words and phrases, in whatever case, that are no part of a longer word. */
        forbidden?: string[];
        maxCharacters?: number;
        /** @description Kinds that are found by their form. */
        personalData?: ("email" | "phone" | "card" | "iban")[];
      };
      /** @description Rules for the model's answer, which is sent only when it is complete. An execution that violates one fails. */
      output?: {
        /** @description Words and phrases, in whatever case, that are no part of a longer word. */
        forbidden?: string[];
        /**
         * @description The whole output must be a JSON value.
         * @constant
         */
        format?: "json";
        maxCharacters?: number;
        /** @description Kinds that are found by their form. */
        personalData?: ("email" | "phone" | "card" | "iban")[];
      };
    };
    /**
     * @example {
     *       "input": {
     *         "personalData": [
     *           "card"
     *         ]
     *       },
     *       "output": {
     *         "format": "json"
     *       }
     *     }
     */
    GuardrailsInput: {
      /** @description Rules for the values of the variables. An execution that violates one is refused. */
      input?: {
        /** @description Words and phrases, in whatever case, that are no part of a longer word. */
        forbidden?: string[];
        maxCharacters?: number;
        /** @description Kinds that are found by their form. */
        personalData?: ("email" | "phone" | "card" | "iban")[];
      };
      /** @description Rules for the model's answer, which is sent only when it is complete. An execution that violates one fails. */
      output?: {
        /** @description Words and phrases, in whatever case, that are no part of a longer word. */
        forbidden?: string[];
        /**
         * @description The whole output must be a JSON value.
         * @constant
         */
        format?: "json";
        maxCharacters?: number;
        /** @description Kinds that are found by their form. */
        personalData?: ("email" | "phone" | "card" | "iban")[];
      };
    };
    Invited: {
      /** @description The token for POST /invitations/accept, valid once and for 7 days. Shown only once. */
      invitation: string;
      user: components["schemas"]["User"];
    };
    Item: {
      /** Format: date-time */
      createdAt: string;
      expected: string | null;
      /** @description The number of the item in its dataset, from 1. */
      item: number;
      tags: string[];
      variables: { [key: string]: string };
    };
    ItemResults: {
      expected: string | null;
      /** @description The number of the item in its dataset, from 1. */
      item: number;
      results: {
        candidate: number;
        error: { code: string; message: string } | null;
        executionId: string | null;
        latencyMs: number | null;
        microUsd: number | null;
        /** @description The first 20,000 characters; GET /executions/{id} has all. */
        output: string | null;
        scores: {
          error: { code: string; message: string } | null;
          /** Format: uuid */
          evaluatorId: string;
          /** @description The execution of a judge. */
          executionId: string | null;
          /** @description What a judge says of it. */
          reason: string | null;
          score: number | null;
          /** @enum {string} */
          state: "waiting" | "executing" | "scored" | "failed" | "cancelled";
        }[];
        /** @enum {string} */
        state: "pending" | "executing" | "scoring" | "scored" | "failed" | "cancelled";
        tokens: number | null;
      }[];
      tags: string[];
      variables: { [key: string]: string };
    };
    /**
     * @example {
     *       "label": "production",
     *       "version": 3,
     *       "movedAt": "2026-11-30T12:00:00.000Z"
     *     }
     */
    Label: {
      label: string;
      /** Format: date-time */
      movedAt: string;
      version: number;
    };
    ListedModel: {
      /**
       * @description Always 0: unknown.
       * @constant
       */
      created: 0;
      /** @description The name to use in requests. */
      id: string;
      /** @constant */
      object: "model";
      /** @enum {string} */
      owned_by: "platform" | "organization";
    };
    /**
     * @example {
     *       "organization": "acme",
     *       "email": "ada@example.com",
     *       "password": "correct horse battery"
     *     }
     */
    LoginInput: { email: string; organization: string; password: string };
    /**
     * @example {
     *       "role": "user",
     *       "content": "Greet {{name}}."
     *     }
     */
    Message: {
      /** @description Text. {{name}} is replaced by the value of the variable 'name'. */
      content: string;
      /** @enum {string} */
      role: "system" | "user" | "assistant";
    };
    /**
     * @example {
     *       "role": "user",
     *       "content": "Greet {{name}}."
     *     }
     */
    MessageInput: {
      /** @description Text. {{name}} is replaced by the value of the variable 'name'. */
      content: string;
      /** @enum {string} */
      role: "system" | "user" | "assistant";
    };
    /**
     * @example {
     *       "name": "simulated",
     *       "contextLength": 8192,
     *       "maxOutputTokens": 4096,
     *       "fallbacks": [],
     *       "price": {
     *         "input": 0.25,
     *         "output": 1.25,
     *         "asOf": "2026-11-29"
     *       }
     *     }
     */
    Model: {
      /** @description Maximum tokens of prompt and answer together. Null if unknown. */
      contextLength: number | null;
      /** @description Models that are used if this one fails, in this order. */
      fallbacks: string[];
      /** @description The maximum of 'max_tokens'. Null if the model has no such limit. */
      maxOutputTokens: number | null;
      name: string;
      price: {
        /**
         * Format: date
         * @description The day on which the price was looked up.
         */
        asOf: string;
        /** @description USD per million input tokens. */
        input: number;
        /** @description USD per million output tokens. */
        output: number;
      } | null;
    };
    /**
     * @example {
     *       "name": "ci",
     *       "scopes": [
     *         "executions:write"
     *       ],
     *       "expiresAt": "2027-01-01T00:00:00Z"
     *     }
     */
    NewApiKeyInput: {
      /**
       * Format: date-time
       * @description By default, the API key never expires. It must not expire later than the key that creates it.
       */
      expiresAt?: string;
      name: string;
      scopes: (
        | "prompts:read"
        | "prompts:write"
        | "workflows:read"
        | "workflows:write"
        | "executions:read"
        | "executions:write"
        | "evaluations:read"
        | "evaluations:write"
        | "gates:write"
        | "models:read"
        | "models:write"
        | "files:read"
        | "files:write"
        | "webhooks:read"
        | "webhooks:write"
        | "keys:read"
        | "keys:write"
        | "users:read"
        | "users:write"
        | "organization:export"
        | "audit:read"
      )[];
    };
    /**
     * @example {
     *       "from": "2026-11-01T00:00:00Z"
     *     }
     */
    NewAuditExportInput: {
      /**
       * Format: date-time
       * @description The start of the range, inclusive.
       */
      from?: string;
      /**
       * Format: date-time
       * @description The end of the range, exclusive.
       */
      to?: string;
    };
    /**
     * @example {
     *       "name": "large",
     *       "protocol": "openai",
     *       "url": "https://models.example.com/v1",
     *       "servedAs": "large-2",
     *       "concurrency": 16,
     *       "contextLength": 131072,
     *       "maxOutputTokens": 8192,
     *       "fallbacks": [
     *         "simulated"
     *       ],
     *       "apiKey": "sk-0123456789"
     *     }
     */
    NewCustomModelInput: {
      /** @description The endpoint's API key. It is stored encrypted, and never returned. */
      apiKey?: string;
      /**
       * @description Maximum number of concurrent executions.
       * @default 16
       */
      concurrency?: number;
      /** @description Maximum tokens of prompt and answer together. */
      contextLength?: number;
      /**
       * @description Models that are used if this one fails, in this order: operators' models or 'custom/<name>'.
       * @default []
       */
      fallbacks?: string[];
      /** @description Maximum tokens of an answer. Required for Anthropic's API. */
      maxOutputTokens?: number;
      name: string;
      /** @description USD per million tokens, and the day on which the price was looked up. Without it, executions have no cost. */
      price?: {
        /** Format: date */
        asOf: string;
        input: number;
        output: number;
      };
      /**
       * @description The endpoint's API: OpenAI's chat completions, or Anthropic's messages.
       * @enum {string}
       */
      protocol: "openai" | "anthropic";
      /** @description The model's name at the endpoint. */
      servedAs: string;
      /** @description The endpoint's base URL. For OpenAI's API it ends with the version, such as /v1; for Anthropic's it does not. */
      url: string;
    };
    /**
     * @example {
     *       "name": "greetings"
     *     }
     */
    NewDatasetInput: { name: string };
    NewDefinitionInput:
      | {
          /** @default false */
          ignoreCase?: boolean;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "equals";
          /** @description By default, the item's 'expected'. */
          value?: string;
        }
      | {
          /** @default false */
          ignoreCase?: boolean;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "contains";
          /** @description By default, the item's 'expected'. */
          value?: string;
        }
      | {
          /** @description A regular expression with RE2 syntax. */
          pattern: string;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "matches";
        }
      | {
          /** @description A JSON schema (draft 2020-12). 'format' is not validated. */
          schema: { [key: string]: unknown };
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "json_schema";
        }
      | {
          maxCharacters?: number;
          /** @default 0 */
          minCharacters?: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "length";
        }
      | {
          /** @description From the start of the execution to its end. */
          maxMilliseconds: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "latency";
        }
      | {
          /** @description Millionths of a USD. A model without a price has no score. */
          maxMicroUsd: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "cost";
        }
      | {
          /** @description Of the prompt and the answer together. */
          maxTokens: number;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "tokens";
        }
      | {
          /** @description A CEL expression that returns a boolean or a number from 0 to 1. It reads 'output', 'expected', 'variables', 'latencyMs', 'tokens' and 'costMicroUsd'. */
          expression: string;
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "expression";
        }
      | {
          label?: string;
          /** @description By default, the model of the prompt's version. */
          model?: string;
          /**
           * Format: uuid
           * @description A prompt that declares 'output', and of 'input', 'output', 'expected' no others.
           */
          promptId: string;
          /**
           * @description The scale of 'score' in the judge's answer, a JSON object. It is mapped to 0 to 1.
           * @default {
           *       "min": 0,
           *       "max": 1
           *     }
           */
          scale?: { max: number; min: number };
          /**
           * @description An output passes if its score is this or more. Rules give 0 or 1.
           * @default 0.5
           */
          threshold?: number;
          /** @constant */
          type: "judge";
          /** @description By default the version that 'label' names, or the latest one, when the evaluator is created. */
          version?: number;
        };
    /**
     * @example {
     *       "name": "polite",
     *       "definition": {
     *         "type": "contains",
     *         "value": "please"
     *       }
     *     }
     */
    NewEvaluatorInput: { definition: components["schemas"]["NewDefinitionInput"]; name: string };
    /**
     * @example {
     *       "variables": {
     *         "name": "Ada"
     *       },
     *       "timeoutSeconds": 60
     *     }
     */
    NewExecutionInput: {
      /**
       * @description At temperature 0: whether a cached answer to the same messages, up to a day old, may be returned.
       * @default true
       */
      cache?: boolean;
      /** @description The label of the version, such as 'production'. */
      label?: string;
      /** @description By default, the model of the prompt's version. */
      model?: string;
      /** @default 300 */
      timeoutSeconds?: number;
      /** @default {} */
      variables?: { [key: string]: string };
      /** @description By default the version that 'label' names, or the latest one. */
      version?: number;
    };
    /**
     * @example {
     *       "name": "shorter-greeting",
     *       "datasetId": "0b8f8b1e-7c0e-4f6e-9a51-3f2f0c6f7d11",
     *       "timeoutSeconds": 300,
     *       "candidates": [
     *         {
     *           "promptId": "4f9f4c57-5a51-4a0c-8d4e-0f8f7a0c3b55",
     *           "label": "production"
     *         }
     *       ],
     *       "evaluatorIds": [
     *         "5f0c6e2a-1f43-4b0a-a3c9-7e8c5d1b2a90"
     *       ]
     *     }
     */
    NewExperimentInput: {
      /** @description The first one is what others are compared with. */
      candidates: {
        label?: string;
        /** @description By default, the model of the prompt's version. */
        model?: string;
        /** Format: uuid */
        promptId: string;
        /** @description By default the version that 'label' names, or the latest one, when the experiment is created. */
        version?: number;
      }[];
      /** Format: uuid */
      datasetId: string;
      evaluatorIds: string[];
      name: string;
      /**
       * @description Of each execution.
       * @default 300
       */
      timeoutSeconds?: number;
    };
    /**
     * @example {
     *       "name": "report.pdf",
     *       "contentType": "application/pdf",
     *       "bytes": 48213
     *     }
     */
    NewFileInput: {
      /** @description The exact size. By default, at most 26,214,400 (25 MiB). */
      bytes: number;
      /** @enum {string} */
      contentType:
        | "application/json"
        | "application/pdf"
        | "application/x-ndjson"
        | "image/gif"
        | "image/jpeg"
        | "image/png"
        | "image/webp"
        | "text/csv"
        | "text/markdown"
        | "text/plain";
      /** @description The name under which the file is downloaded. Several files may have the same name. */
      name: string;
    };
    /**
     * @example {
     *       "datasetId": "0b8f8b1e-7c0e-4f6e-9a51-3f2f0c6f7d11",
     *       "minMean": 0.8,
     *       "evaluatorId": "5f0c6e2a-1f43-4b0a-a3c9-7e8c5d1b2a90"
     *     }
     */
    NewGateInput: {
      /** Format: uuid */
      datasetId: string;
      /** Format: uuid */
      evaluatorId: string;
      /** @description The mean of the scores. An item without a score counts as 0. */
      minMean?: number;
      /** @description Passed items divided by all items. */
      minPassRate?: number;
    };
    /**
     * @example {
     *       "variables": {
     *         "name": "Ada"
     *       },
     *       "expected": "Hello, Ada!",
     *       "tags": [
     *         "short"
     *       ]
     *     }
     */
    NewItemInput: {
      /** @description What the output should be. */
      expected?: string;
      /** @default [] */
      tags?: string[];
      /** @description Values of a prompt's variables. Prompts ignore others. */
      variables: { [key: string]: string };
    };
    /**
     * @example {
     *       "items": [
     *         {
     *           "variables": {
     *             "name": "Ada"
     *           },
     *           "expected": "Hello, Ada!",
     *           "tags": [
     *             "short"
     *           ]
     *         }
     *       ]
     *     }
     */
    NewItemsInput: { items: components["schemas"]["NewItemInput"][] };
    /**
     * @example {
     *       "version": 3
     *     }
     */
    NewLabelInput: {
      /** @description Sets the label in spite of its gate. Needs the scope 'gates:write'. */
      override?: { reason: string };
      version: number;
    };
    /**
     * @example {
     *       "currentPassword": "correct horse battery",
     *       "newPassword": "staple correct horse"
     *     }
     */
    NewPasswordInput: { currentPassword: string; newPassword: string };
    /**
     * @example {
     *       "name": "greeting",
     *       "model": "simulated",
     *       "messages": [
     *         {
     *           "role": "user",
     *           "content": "Greet {{name}}."
     *         }
     *       ],
     *       "variables": {
     *         "name": {
     *           "default": "the world"
     *         }
     *       }
     *     }
     */
    NewPromptInput: {
      /** @default {} */
      guardrails?: components["schemas"]["GuardrailsInput"];
      messages: components["schemas"]["MessageInput"][];
      model: string;
      name: string;
      /** @default {} */
      parameters?: { max_tokens?: number; seed?: number; temperature?: number; top_p?: number };
      /**
       * @description The variables that the messages use. A variable without a default is required.
       * @default {}
       */
      variables?: { [key: string]: { default?: string } };
    };
    /**
     * @example {
     *       "model": "simulated",
     *       "messages": [
     *         {
     *           "role": "user",
     *           "content": "Greet {{name}}."
     *         }
     *       ],
     *       "variables": {
     *         "name": {
     *           "default": "the world"
     *         }
     *       }
     *     }
     */
    NewPromptVersionInput: {
      /** @default {} */
      guardrails?: components["schemas"]["GuardrailsInput"];
      messages: components["schemas"]["MessageInput"][];
      model: string;
      /** @default {} */
      parameters?: { max_tokens?: number; seed?: number; temperature?: number; top_p?: number };
      /**
       * @description The variables that the messages use. A variable without a default is required.
       * @default {}
       */
      variables?: { [key: string]: { default?: string } };
    };
    /**
     * @example {
     *       "name": "acme",
     *       "ownerEmail": "ada@example.com"
     *     }
     */
    NewTenantInput: { name: string; ownerEmail?: string };
    /**
     * @example {
     *       "hardMonthlyTokens": 10000000,
     *       "hardMonthlyMicroUsd": null,
     *       "weight": 2
     *     }
     */
    NewTenantLimitsInput: {
      hardMonthlyMicroUsd?: number | null;
      hardMonthlyTokens?: number | null;
      /** @description Maximum size of the prompts of unfinished executions, in bytes. */
      maxBytes?: number;
      /** @description Maximum number of unfinished executions. */
      maxExecutions?: number;
      /** @description Maximum size of a file, in bytes. */
      maxFileBytes?: number;
      /** @description Maximum number of files. */
      maxFiles?: number;
      maxRunning?: number | null;
      /** @description Maximum size of all files together, in bytes. */
      maxStoredBytes?: number;
      softMonthlyMicroUsd?: number | null;
      softMonthlyTokens?: number | null;
      /** @description Executions that start for each execution of a tenant with weight 1. */
      weight?: number;
    };
    /**
     * @example {
     *       "from": "2026-11-01",
     *       "to": "2026-11-30",
     *       "format": "csv"
     *     }
     */
    NewUsageExportInput: {
      /**
       * @default ndjson
       * @enum {string}
       */
      format?: "csv" | "ndjson";
      /**
       * Format: date
       * @description The first day (UTC). By default, 29 days before the last.
       */
      from?: string;
      /**
       * Format: date
       * @description The last day (UTC), at most 365 days after the first. By default, today.
       */
      to?: string;
    };
    /**
     * @example {
     *       "email": "grace@example.com",
     *       "role": "member"
     *     }
     */
    NewUserInput: {
      email: string;
      /** @enum {string} */
      role: "owner" | "administrator" | "member" | "viewer";
    };
    /**
     * @example {
     *       "url": "https://hooks.example.com/promptops",
     *       "events": [
     *         "execution.succeeded",
     *         "execution.failed"
     *       ]
     *     }
     */
    NewWebhookInput: {
      /** @default  */
      description?: string;
      events: ("execution.succeeded" | "execution.failed" | "execution.cancelled" | "budget.reached")[];
      /**
       * @description 'output': events of executions contain the first 65536 characters of the output.
       * @default []
       */
      include?: "output"[];
      /**
       * @description Only executions of these prompts and of 'workflows' are sent. If both are empty, all executions are.
       * @default []
       */
      prompts?: string[];
      /** @description Where events are sent. It may have a query. */
      url: string;
      /** @default [] */
      workflows?: string[];
    };
    /**
     * @example {
     *       "inputs": {
     *         "topic": "tides"
     *       },
     *       "timeoutSeconds": 600
     *     }
     */
    NewWorkflowExecutionInput: {
      /**
       * @description The values that expressions read as 'inputs'.
       * @default {}
       */
      inputs?: { [key: string]: unknown };
      /** @default 3600 */
      timeoutSeconds?: number;
      /** @description The latest version by default. */
      version?: number;
    };
    /**
     * @example {
     *       "name": "report",
     *       "graph": {
     *         "nodes": [
     *           {
     *             "name": "research",
     *             "type": "prompt",
     *             "prompt": "research",
     *             "variables": {
     *               "topic": "inputs.topic"
     *             }
     *           },
     *           {
     *             "name": "summarize",
     *             "type": "prompt",
     *             "after": [
     *               "research"
     *             ],
     *             "prompt": "summarize",
     *             "variables": {
     *               "text": "nodes.research.output"
     *             }
     *           }
     *         ],
     *         "output": "nodes.summarize.output"
     *       }
     *     }
     */
    NewWorkflowInput: { graph: components["schemas"]["GraphInput"]; name: string };
    NewWorkflowVersionInput: { graph: components["schemas"]["GraphInput"] };
    NodeExecution: {
      /** @description The number of times that the node was started. */
      attempt: number;
      /** @description The comment of the person who approved or rejected the node. */
      comment: string | null;
      error: { code: string; message: string } | null;
      finishedAt: string | null;
      node: string;
      startedAt: string | null;
      /** @enum {string} */
      state: "pending" | "executing" | "waiting" | "paused" | "completed" | "failed" | "skipped" | "cancelled";
    };
    OperatorKey: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      name: string;
      revokedAt: string | null;
    };
    Override: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      label: string;
      /**
       * Format: uuid
       * @description The id of an API key or a user.
       */
      overriddenBy: string;
      reason: string;
      version: number;
    };
    /**
     * @example {
     *       "type": "urn:promptops:error:not_found",
     *       "title": "The resource does not exist, or belongs to another tenant.",
     *       "status": 404,
     *       "code": "not_found",
     *       "detail": "No such prompt."
     *     }
     */
    Problem: {
      code: string;
      detail?: string;
      faults?: { message: string; path: string }[];
      status: number;
      title: string;
      type: string;
    };
    Prompt: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      latestVersion: number;
      name: string;
    };
    PromptVersion: {
      /** Format: date-time */
      createdAt: string;
      /** @default {} */
      guardrails: components["schemas"]["Guardrails"];
      messages: components["schemas"]["Message"][];
      model: string;
      /** @default {} */
      parameters: { max_tokens?: number; seed?: number; temperature?: number; top_p?: number };
      /**
       * @description The variables that the messages use. A variable without a default is required.
       * @default {}
       */
      variables: { [key: string]: { default?: string } };
      version: number;
    };
    /**
     * @example {
     *       "protocol": "openai",
     *       "url": "https://models.example.com/v1",
     *       "servedAs": "large-2",
     *       "concurrency": 16,
     *       "contextLength": 131072,
     *       "maxOutputTokens": 8192,
     *       "fallbacks": [
     *         "simulated"
     *       ],
     *       "apiKey": "sk-0123456789"
     *     }
     */
    ReplacedCustomModelInput: {
      /** @description The endpoint's API key. It is stored encrypted, and never returned. */
      apiKey?: string;
      /**
       * @description Maximum number of concurrent executions.
       * @default 16
       */
      concurrency?: number;
      /** @description Maximum tokens of prompt and answer together. */
      contextLength?: number;
      /**
       * @description Models that are used if this one fails, in this order: operators' models or 'custom/<name>'.
       * @default []
       */
      fallbacks?: string[];
      /** @description Maximum tokens of an answer. Required for Anthropic's API. */
      maxOutputTokens?: number;
      /** @description USD per million tokens, and the day on which the price was looked up. Without it, executions have no cost. */
      price?: {
        /** Format: date */
        asOf: string;
        input: number;
        output: number;
      };
      /**
       * @description The endpoint's API: OpenAI's chat completions, or Anthropic's messages.
       * @enum {string}
       */
      protocol: "openai" | "anthropic";
      /** @description The model's name at the endpoint. */
      servedAs: string;
      /** @description The endpoint's base URL. For OpenAI's API it ends with the version, such as /v1; for Anthropic's it does not. */
      url: string;
    };
    SignedInUser: {
      /** Format: date-time */
      createdAt: string;
      email: string;
      /** Format: uuid */
      id: string;
      /**
       * @description How the user logs in: with a password, or through the OIDC issuer.
       * @enum {string}
       */
      login: "password" | "oidc";
      organization: {
        /** Format: uuid */
        id: string;
        name: string;
      };
      /** @enum {string} */
      role: "owner" | "administrator" | "member" | "viewer";
      /** @description What the user's role permits. */
      scopes: (
        | "prompts:read"
        | "prompts:write"
        | "workflows:read"
        | "workflows:write"
        | "executions:read"
        | "executions:write"
        | "evaluations:read"
        | "evaluations:write"
        | "gates:write"
        | "models:read"
        | "models:write"
        | "files:read"
        | "files:write"
        | "webhooks:read"
        | "webhooks:write"
        | "keys:read"
        | "keys:write"
        | "users:read"
        | "users:write"
        | "organization:export"
        | "audit:read"
      )[];
    };
    /**
     * @description A message that a WebSocket on /executions/{id}/stream sends, as JSON text.
     * @example {
     *       "execution": "0b8f8b1e-7c0e-4f6e-9a51-3f2f0c6f7d11",
     *       "seq": 2,
     *       "type": "token_chunk",
     *       "attempt": 1,
     *       "data": {
     *         "text": "Hello"
     *       },
     *       "at": "2026-01-01T12:00:00.000Z"
     *     }
     */
    StreamMessage: {
      /** Format: date-time */
      at: string;
      attempt: number;
      data: { [key: string]: unknown };
      /** Format: uuid */
      execution: string;
      seq: number;
      /** @enum {string} */
      type:
        | "job_started"
        | "token_chunk"
        | "job_retrying"
        | "job_complete"
        | "job_failed"
        | "job_cancelled"
        | "node_started"
        | "node_waiting"
        | "node_paused"
        | "node_completed"
        | "node_failed"
        | "node_skipped";
    };
    Tenant: {
      /** Format: date-time */
      createdAt: string;
      erasure: {
        /**
         * Format: date-time
         * @description The time at which erasure starts.
         */
        dueAt: string;
        finishedAt: string | null;
        /** Format: date-time */
        requestedAt: string;
        /** @description Rows deleted so far, not counting those deleted by cascade. */
        rows: number;
      } | null;
      /** Format: uuid */
      id: string;
      limits: {
        hardMonthlyMicroUsd: number | null;
        hardMonthlyTokens: number | null;
        maxBytes: number;
        maxExecutions: number;
        maxFileBytes: number;
        maxFiles: number;
        maxRunning: number | null;
        maxStoredBytes: number;
        softMonthlyMicroUsd: number | null;
        softMonthlyTokens: number | null;
        weight: number;
      };
      name: string;
      /**
       * @description Credentials are accepted only while the tenant is 'active'. Only the id of an 'erased' tenant is kept.
       * @enum {string}
       */
      state: "active" | "suspended" | "erasing" | "erased";
      suspendedAt: string | null;
    };
    Tokens: {
      expiresInSeconds: number;
      refreshExpiresInSeconds: number;
      /** @description Exchanged once, by POST /tokens/refresh. */
      refreshToken: string;
      /** @description Sent as a bearer, or as 'access_token' with a WebSocket and an EventSource. */
      token: string;
    };
    Usage: {
      days: {
        completionTokens: number;
        /** Format: date */
        day: string;
        microUsd: number;
        model: string;
        promptTokens: number;
      }[];
      /** @description Above 'soft', responses have the header 'x-budget-warning'. Above 'hard', executions are refused for the rest of the month. */
      limits: {
        microUsd: { hard: number | null; soft: number | null };
        tokens: { hard: number | null; soft: number | null };
      };
      /** @description Millionths of a USD, by the prices when each attempt ended. */
      microUsd: number;
      /** @description The calendar month (UTC), such as 2026-11. */
      month: string;
      /** @description Input and output tokens of all models. */
      tokens: number;
    };
    UsageDays: {
      days: {
        /** @description Cached answers that were returned without a call. */
        cached: number;
        /** @description Attempts that called the model. */
        calls: number;
        cancelled: number;
        completionTokens: number;
        /** Format: date */
        day: string;
        failed: number;
        /** @description Millionths of a USD, by the prices when each attempt ended. */
        microUsd: number;
        model: string;
        promptTokens: number;
        /** @description Executions that succeeded. */
        succeeded: number;
      }[];
    };
    User: {
      /** Format: date-time */
      createdAt: string;
      email: string;
      /** Format: uuid */
      id: string;
      invitationExpiresAt: string | null;
      /** @enum {string} */
      role: "owner" | "administrator" | "member" | "viewer";
      /** @enum {string} */
      state: "invited" | "active" | "suspended";
    };
    /**
     * @example {
     *       "role": "administrator"
     *     }
     * @example {
     *       "suspended": true
     *     }
     */
    UserChangesInput: {
      /** @enum {string} */
      role?: "owner" | "administrator" | "member" | "viewer";
      suspended?: boolean;
    };
    Webhook: {
      /** Format: date-time */
      createdAt: string;
      description: string;
      disabledAt: string | null;
      /** @description 'gone': the endpoint answered 410. 'failing': every attempt failed for five days. */
      disabledReason: ("request" | "gone" | "failing") | null;
      enabled: boolean;
      events: string[];
      /** @description Since when every attempt has failed. Null after a success. */
      failingSince: string | null;
      /** Format: uuid */
      id: string;
      include: string[];
      /** @description Until when the secret before the last rotation signs. */
      previousSecretExpiresAt: string | null;
      prompts: string[];
      url: string;
      workflows: string[];
    };
    /**
     * @example {
     *       "enabled": false
     *     }
     * @example {
     *       "events": [
     *         "budget.reached"
     *       ]
     *     }
     */
    WebhookChangesInput: {
      description?: string;
      /** @description A disabled webhook is sent nothing. Deliveries that wait are kept for a week. */
      enabled?: boolean;
      events?: ("execution.succeeded" | "execution.failed" | "execution.cancelled" | "budget.reached")[];
      /** @description 'output': events of executions contain the first 65536 characters of the output. */
      include?: "output"[];
      /** @description Only executions of these prompts and of 'workflows' are sent. If both are empty, all executions are. */
      prompts?: string[];
      /** @description Where events are sent. It may have a query. */
      url?: string;
      workflows?: string[];
    };
    WebhookDelivery: {
      /** @description Attempts that were started. */
      attempts: number;
      /** Format: date-time */
      createdAt: string;
      /** @description Why the last attempt failed, or 'expired' after a week without success. */
      error: string | null;
      /** @description 'id' is the value of the header 'webhook-id', the same for every attempt. */
      event: {
        /** Format: date-time */
        createdAt: string;
        /** Format: uuid */
        id: string;
        type: string;
      };
      finishedAt: string | null;
      /** Format: uuid */
      id: string;
      /** @description Null unless the state is 'pending'. */
      nextAttemptAt: string | null;
      /** @enum {string} */
      state: "pending" | "delivered" | "failed";
      /** @description The HTTP status of the last attempt. */
      status: number | null;
    };
    WebhookDeliveryDetail: {
      /** @description Attempts that were started. */
      attempts: number;
      /** Format: date-time */
      createdAt: string;
      /** @description The event's 'data', without an output. */
      data: { [key: string]: unknown };
      /** @description Why the last attempt failed, or 'expired' after a week without success. */
      error: string | null;
      /** @description 'id' is the value of the header 'webhook-id', the same for every attempt. */
      event: {
        /** Format: date-time */
        createdAt: string;
        /** Format: uuid */
        id: string;
        type: string;
      };
      finishedAt: string | null;
      /** Format: uuid */
      id: string;
      /** @description Attempts that ended, in order. A number is missing if the process that started the attempt was lost. */
      log: {
        error: string | null;
        /** @description The first 500 characters of the response body. */
        excerpt: string | null;
        milliseconds: number;
        number: number;
        /** Format: date-time */
        startedAt: string;
        status: number | null;
      }[];
      /** @description Null unless the state is 'pending'. */
      nextAttemptAt: string | null;
      /** @enum {string} */
      state: "pending" | "delivered" | "failed";
      /** @description The HTTP status of the last attempt. */
      status: number | null;
    };
    WebhookWithSecret: {
      /** @description The secret that signs, such as 'whsec_...'. Shown only once: it is stored encrypted. */
      secret: string;
      webhook: components["schemas"]["Webhook"];
    };
    Workflow: {
      /** Format: date-time */
      createdAt: string;
      /** Format: uuid */
      id: string;
      latestVersion: number;
      name: string;
    };
    WorkflowVersion: {
      /** Format: date-time */
      createdAt: string;
      /** @description The graph as it was stored, with the version of each prompt. */
      graph: components["schemas"]["Graph"];
      version: number;
    };
  };
  responses: {
    /** @description A problem (RFC 9457). */
    Problem: {
      headers: {
        allow: components["headers"]["allow"];
        "retry-after": components["headers"]["retry-after"];
        "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
        "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
        "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
        "x-request-id": components["headers"]["x-request-id"];
        [name: string]: unknown;
      };
      content: { "application/problem+json": components["schemas"]["Problem"] };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: {
    /** @description The methods that the path supports, with status 405. */
    allow: string;
    /** @description The request was already accepted with the same Idempotency-Key. */
    "idempotency-replayed": "true";
    /** @description The path of the execution. */
    location: string;
    /** @description Seconds after which the same request may succeed. */
    "retry-after": number;
    /** @description The soft limits of the month's budget that have been reached: `tokens`, `microUsd`, or `tokens, microUsd`. */
    "x-budget-warning": string;
    /** @description The limit of requests per minute. */
    "x-ratelimit-limit": number;
    /** @description The remaining requests in the current minute. */
    "x-ratelimit-remaining": number;
    /** @description Seconds until the next minute. */
    "x-ratelimit-reset": number;
    /** @description Identifies the request in audit events and logs. */
    "x-request-id": string;
  };
  pathItems: never;
}
export type AcceptanceInput = components["schemas"]["AcceptanceInput"];
export type AcceptedExecution = components["schemas"]["AcceptedExecution"];
export type ApiKey = components["schemas"]["ApiKey"];
export type AuditEvent = components["schemas"]["AuditEvent"];
export type ChatCompletion = components["schemas"]["ChatCompletion"];
export type ChatError = components["schemas"]["ChatError"];
export type ChatMessageInput = components["schemas"]["ChatMessageInput"];
export type ChatRequestInput = components["schemas"]["ChatRequestInput"];
export type CustomModel = components["schemas"]["CustomModel"];
export type Dataset = components["schemas"]["Dataset"];
export type DecisionInput = components["schemas"]["DecisionInput"];
export type Definition = components["schemas"]["Definition"];
export type Evaluator = components["schemas"]["Evaluator"];
export type Execution = components["schemas"]["Execution"];
export type ExecutionDetail = components["schemas"]["ExecutionDetail"];
export type ExecutionEvent = components["schemas"]["ExecutionEvent"];
export type Experiment = components["schemas"]["Experiment"];
export type ExperimentDetail = components["schemas"]["ExperimentDetail"];
export type Export = components["schemas"]["Export"];
export type ExportWithDownload = components["schemas"]["ExportWithDownload"];
export type File = components["schemas"]["File"];
export type FileWithDownload = components["schemas"]["FileWithDownload"];
export type FileWithUpload = components["schemas"]["FileWithUpload"];
export type Gate = components["schemas"]["Gate"];
export type Graph = components["schemas"]["Graph"];
export type GraphInput = components["schemas"]["GraphInput"];
export type Guardrails = components["schemas"]["Guardrails"];
export type GuardrailsInput = components["schemas"]["GuardrailsInput"];
export type Invited = components["schemas"]["Invited"];
export type Item = components["schemas"]["Item"];
export type ItemResults = components["schemas"]["ItemResults"];
export type Label = components["schemas"]["Label"];
export type ListedModel = components["schemas"]["ListedModel"];
export type LoginInput = components["schemas"]["LoginInput"];
export type Message = components["schemas"]["Message"];
export type MessageInput = components["schemas"]["MessageInput"];
export type Model = components["schemas"]["Model"];
export type NewApiKeyInput = components["schemas"]["NewApiKeyInput"];
export type NewAuditExportInput = components["schemas"]["NewAuditExportInput"];
export type NewCustomModelInput = components["schemas"]["NewCustomModelInput"];
export type NewDatasetInput = components["schemas"]["NewDatasetInput"];
export type NewDefinitionInput = components["schemas"]["NewDefinitionInput"];
export type NewEvaluatorInput = components["schemas"]["NewEvaluatorInput"];
export type NewExecutionInput = components["schemas"]["NewExecutionInput"];
export type NewExperimentInput = components["schemas"]["NewExperimentInput"];
export type NewFileInput = components["schemas"]["NewFileInput"];
export type NewGateInput = components["schemas"]["NewGateInput"];
export type NewItemInput = components["schemas"]["NewItemInput"];
export type NewItemsInput = components["schemas"]["NewItemsInput"];
export type NewLabelInput = components["schemas"]["NewLabelInput"];
export type NewPasswordInput = components["schemas"]["NewPasswordInput"];
export type NewPromptInput = components["schemas"]["NewPromptInput"];
export type NewPromptVersionInput = components["schemas"]["NewPromptVersionInput"];
export type NewTenantInput = components["schemas"]["NewTenantInput"];
export type NewTenantLimitsInput = components["schemas"]["NewTenantLimitsInput"];
export type NewUsageExportInput = components["schemas"]["NewUsageExportInput"];
export type NewUserInput = components["schemas"]["NewUserInput"];
export type NewWebhookInput = components["schemas"]["NewWebhookInput"];
export type NewWorkflowExecutionInput = components["schemas"]["NewWorkflowExecutionInput"];
export type NewWorkflowInput = components["schemas"]["NewWorkflowInput"];
export type NewWorkflowVersionInput = components["schemas"]["NewWorkflowVersionInput"];
export type NodeExecution = components["schemas"]["NodeExecution"];
export type OperatorKey = components["schemas"]["OperatorKey"];
export type Override = components["schemas"]["Override"];
export type Problem = components["schemas"]["Problem"];
export type Prompt = components["schemas"]["Prompt"];
export type PromptVersion = components["schemas"]["PromptVersion"];
export type ReplacedCustomModelInput = components["schemas"]["ReplacedCustomModelInput"];
export type SignedInUser = components["schemas"]["SignedInUser"];
export type StreamMessage = components["schemas"]["StreamMessage"];
export type Tenant = components["schemas"]["Tenant"];
export type Tokens = components["schemas"]["Tokens"];
export type Usage = components["schemas"]["Usage"];
export type UsageDays = components["schemas"]["UsageDays"];
export type User = components["schemas"]["User"];
export type UserChangesInput = components["schemas"]["UserChangesInput"];
export type Webhook = components["schemas"]["Webhook"];
export type WebhookChangesInput = components["schemas"]["WebhookChangesInput"];
export type WebhookDelivery = components["schemas"]["WebhookDelivery"];
export type WebhookDeliveryDetail = components["schemas"]["WebhookDeliveryDetail"];
export type WebhookWithSecret = components["schemas"]["WebhookWithSecret"];
export type Workflow = components["schemas"]["Workflow"];
export type WorkflowVersion = components["schemas"]["WorkflowVersion"];
export type ResponseProblem = components["responses"]["Problem"];
export type HeaderAllow = components["headers"]["allow"];
export type HeaderIdempotencyReplayed = components["headers"]["idempotency-replayed"];
export type HeaderLocation = components["headers"]["location"];
export type HeaderRetryAfter = components["headers"]["retry-after"];
export type HeaderXBudgetWarning = components["headers"]["x-budget-warning"];
export type HeaderXRatelimitLimit = components["headers"]["x-ratelimit-limit"];
export type HeaderXRatelimitRemaining = components["headers"]["x-ratelimit-remaining"];
export type HeaderXRatelimitReset = components["headers"]["x-ratelimit-reset"];
export type HeaderXRequestId = components["headers"]["x-request-id"];
export type $defs = Record<string, never>;
export interface operations {
  listOperatorsAuditEvents: {
    parameters: {
      query?: {
        action?:
          | "api_key.create"
          | "api_key.revoke"
          | "audit.export"
          | "audit.read"
          | "custom_model.create"
          | "custom_model.delete"
          | "custom_model.replace"
          | "dataset.add_items"
          | "dataset.create"
          | "dataset.remove_item"
          | "evaluator.create"
          | "execution.abort_node"
          | "execution.approve_node"
          | "execution.cancel"
          | "execution.create"
          | "execution.reject_node"
          | "execution.rerun"
          | "execution.retry_node"
          | "experiment.cancel"
          | "experiment.create"
          | "file.create"
          | "file.delete"
          | "operator.create"
          | "operator.revoke"
          | "organization.export"
          | "prompt.add_version"
          | "prompt.create"
          | "prompt.override_gate"
          | "prompt.remove_gate"
          | "prompt.remove_label"
          | "prompt.set_gate"
          | "prompt.set_label"
          | "request.refuse"
          | "session.create"
          | "session.end"
          | "session.refresh"
          | "tenant.create"
          | "tenant.erase"
          | "tenant.erased"
          | "tenant.limit"
          | "tenant.resume"
          | "tenant.suspend"
          | "usage.export"
          | "user.accept"
          | "user.change_password"
          | "user.erase"
          | "user.export"
          | "user.invite"
          | "user.provision"
          | "user.reset_password"
          | "user.update"
          | "webhook.create"
          | "webhook.delete"
          | "webhook.disable"
          | "webhook.resend"
          | "webhook.rotate_secret"
          | "webhook.test"
          | "webhook.update"
          | "workflow.add_version"
          | "workflow.create";
        actor?: string;
        /** @description The last id of the previous page. */
        before?: string;
        /** @description The start of the range, inclusive. */
        from?: string;
        limit?: number;
        object?: string;
        tenant?: string;
        /** @description The end of the range, exclusive. */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { events: components["schemas"]["AuditEvent"][] } };
      };
    };
  };
  listOperatorKeys: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { operatorKeys: components["schemas"]["OperatorKey"][] } };
      };
    };
  };
  revokeOperatorKey: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["OperatorKey"] };
      };
    };
  };
  listTenants: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
        name?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { tenants: components["schemas"]["Tenant"][] } };
      };
    };
  };
  createTenant: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewTenantInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description The API key. Shown only once: only its hash is stored. */
            apiKey: string;
            /** @description The owner's invitation, if 'ownerEmail' was given. Shown only once. */
            invitation: string | null;
            tenant: components["schemas"]["Tenant"];
          };
        };
      };
    };
  };
  readTenant: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tenant"] };
      };
    };
  };
  eraseTenant: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        "application/json": {
          /** @description The tenant's id again. */
          confirm: string;
        };
      };
    };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The execution was accepted: it is committed, and runs later. */
      202: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tenant"] };
      };
    };
  };
  setTenantLimits: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewTenantLimitsInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tenant"] };
      };
    };
  };
  resumeTenant: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tenant"] };
      };
    };
  };
  suspendTenant: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tenant"] };
      };
    };
  };
  listApiKeys: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { apiKeys: components["schemas"]["ApiKey"][] } };
      };
    };
  };
  createApiKey: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewApiKeyInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            apiKey: components["schemas"]["ApiKey"];
            /** @description The API key. Shown only once: only its hash is stored. */
            key: string;
          };
        };
      };
    };
  };
  revokeApiKey: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ApiKey"] };
      };
    };
  };
  listAuditEvents: {
    parameters: {
      query?: {
        action?:
          | "api_key.create"
          | "api_key.revoke"
          | "audit.export"
          | "audit.read"
          | "custom_model.create"
          | "custom_model.delete"
          | "custom_model.replace"
          | "dataset.add_items"
          | "dataset.create"
          | "dataset.remove_item"
          | "evaluator.create"
          | "execution.abort_node"
          | "execution.approve_node"
          | "execution.cancel"
          | "execution.create"
          | "execution.reject_node"
          | "execution.rerun"
          | "execution.retry_node"
          | "experiment.cancel"
          | "experiment.create"
          | "file.create"
          | "file.delete"
          | "operator.create"
          | "operator.revoke"
          | "organization.export"
          | "prompt.add_version"
          | "prompt.create"
          | "prompt.override_gate"
          | "prompt.remove_gate"
          | "prompt.remove_label"
          | "prompt.set_gate"
          | "prompt.set_label"
          | "request.refuse"
          | "session.create"
          | "session.end"
          | "session.refresh"
          | "tenant.create"
          | "tenant.erase"
          | "tenant.erased"
          | "tenant.limit"
          | "tenant.resume"
          | "tenant.suspend"
          | "usage.export"
          | "user.accept"
          | "user.change_password"
          | "user.erase"
          | "user.export"
          | "user.invite"
          | "user.provision"
          | "user.reset_password"
          | "user.update"
          | "webhook.create"
          | "webhook.delete"
          | "webhook.disable"
          | "webhook.resend"
          | "webhook.rotate_secret"
          | "webhook.test"
          | "webhook.update"
          | "workflow.add_version"
          | "workflow.create";
        actor?: string;
        /** @description The last id of the previous page. */
        before?: string;
        /** @description The start of the range, inclusive. */
        from?: string;
        limit?: number;
        object?: string;
        /** @description The end of the range, exclusive. */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { events: components["schemas"]["AuditEvent"][] } };
      };
    };
  };
  exportAuditEvents: {
    parameters: {
      query?: {
        /** @description The start of the range, inclusive. */
        from?: string;
        /** @description The end of the range, exclusive. */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/x-ndjson": string };
      };
    };
  };
  listAuditExports: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { exports: components["schemas"]["Export"][] } };
      };
    };
  };
  createAuditExport: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewAuditExportInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The execution was accepted: it is committed, and runs later. */
      202: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Export"] };
      };
    };
  };
  readAuditExport: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExportWithDownload"] };
      };
    };
  };
  listCustomModels: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { customModels: components["schemas"]["CustomModel"][] } };
      };
    };
  };
  createCustomModel: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewCustomModelInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["CustomModel"] };
      };
    };
  };
  readCustomModel: {
    parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["CustomModel"] };
      };
    };
  };
  replaceCustomModel: {
    parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["ReplacedCustomModelInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["CustomModel"] };
      };
    };
  };
  deleteCustomModel: {
    parameters: { query?: never; header?: never; path: { name: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listDatasets: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { datasets: components["schemas"]["Dataset"][] } };
      };
    };
  };
  createDataset: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewDatasetInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Dataset"] };
      };
    };
  };
  readDataset: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Dataset"] };
      };
    };
  };
  listItems: {
    parameters: {
      query?: {
        /** @description The last item of the previous page. */
        after?: number;
        limit?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { items: components["schemas"]["Item"][] } };
      };
    };
  };
  addItems: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewItemsInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { firstItem: number; items: number } };
      };
    };
  };
  removeItem: {
    parameters: { query?: never; header?: never; path: { id: string; item: number }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listDeadLetters: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { executions: components["schemas"]["Execution"][] } };
      };
    };
  };
  rerunDeadLetter: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        "application/json": {
          /** @default 300 */
          timeoutSeconds?: number;
        };
      };
    };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The execution was accepted: it is committed, and runs later. */
      202: {
        headers: {
          location: components["headers"]["location"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["AcceptedExecution"] };
      };
    };
  };
  listEvaluators: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { evaluators: components["schemas"]["Evaluator"][] } };
      };
    };
  };
  createEvaluator: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewEvaluatorInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Evaluator"] };
      };
    };
  };
  readEvaluator: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Evaluator"] };
      };
    };
  };
  listExecutions: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        /** @description The id of an experiment, unless 'parent' is given. */
        experiment?: string;
        limit?: number;
        /** @description The id of a workflow execution. */
        parent?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { executions: components["schemas"]["Execution"][] } };
      };
    };
  };
  readExecution: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExecutionDetail"] };
      };
    };
  };
  cancelExecution: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExecutionDetail"] };
      };
    };
  };
  readExecutionEvents: {
    parameters: { query?: { after?: number }; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { events: components["schemas"]["ExecutionEvent"][] } };
      };
    };
  };
  abortNode: {
    parameters: { query?: never; header?: never; path: { id: string; node: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["DecisionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExecutionDetail"] };
      };
    };
  };
  approveNode: {
    parameters: { query?: never; header?: never; path: { id: string; node: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["DecisionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExecutionDetail"] };
      };
    };
  };
  rejectNode: {
    parameters: { query?: never; header?: never; path: { id: string; node: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["DecisionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExecutionDetail"] };
      };
    };
  };
  retryNode: {
    parameters: { query?: never; header?: never; path: { id: string; node: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["DecisionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExecutionDetail"] };
      };
    };
  };
  followExecution: {
    parameters: {
      query?: {
        /** @description A token, for clients that cannot send headers. */
        access_token?: string;
        after?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The connection becomes a WebSocket, which sends messages up to the last event. */
      101: { headers: { [name: string]: unknown }; content?: never };
      /** @description Server-sent events up to the last one: 'id' is the event's number, 'event' its type, 'data' the message as JSON. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "text/event-stream": string };
      };
      /** @description No events follow: 'after' is the last one. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listExperiments: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { experiments: components["schemas"]["Experiment"][] } };
      };
    };
  };
  createExperiment: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewExperimentInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Experiment"] };
      };
    };
  };
  readExperiment: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExperimentDetail"] };
      };
    };
  };
  cancelExperiment: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Experiment"] };
      };
    };
  };
  readExperimentItems: {
    parameters: {
      query?: {
        /** @description The last item of the previous page. */
        after?: number;
        limit?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { items: components["schemas"]["ItemResults"][] } };
      };
    };
  };
  listFiles: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { files: components["schemas"]["File"][] } };
      };
    };
  };
  createFile: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewFileInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["FileWithUpload"] };
      };
    };
  };
  readFile: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["FileWithDownload"] };
      };
    };
  };
  deleteFile: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  probeLive: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: { headers: { [name: string]: unknown }; content: { "application/json": { status: string } } };
      /** @description The check failed. */
      503: { headers: { [name: string]: unknown }; content: { "application/json": { status: string } } };
    };
  };
  probeReady: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: { headers: { [name: string]: unknown }; content: { "application/json": { status: string } } };
      /** @description The check failed. */
      503: { headers: { [name: string]: unknown }; content: { "application/json": { status: string } } };
    };
  };
  probeStartup: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: { headers: { [name: string]: unknown }; content: { "application/json": { status: string } } };
      /** @description The check failed. */
      503: { headers: { [name: string]: unknown }; content: { "application/json": { status: string } } };
    };
  };
  acceptInvitation: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["AcceptanceInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tokens"] };
      };
    };
  };
  logIn: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["LoginInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tokens"] };
      };
    };
  };
  endSession: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listModels: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { models: components["schemas"]["Model"][] } };
      };
    };
  };
  readDocument: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { [key: string]: unknown } };
      };
    };
  };
  exportOrganization: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/x-ndjson": string };
      };
    };
  };
  listPrompts: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
        /** @description Text that the name contains, in lower case. */
        search?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { prompts: components["schemas"]["Prompt"][] } };
      };
    };
  };
  createPrompt: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewPromptInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Prompt"] };
      };
    };
  };
  readPrompt: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Prompt"] };
      };
    };
  };
  executePrompt: {
    parameters: { query?: never; header?: { "idempotency-key"?: string }; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewExecutionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The execution was accepted: it is committed, and runs later. */
      202: {
        headers: {
          "idempotency-replayed": components["headers"]["idempotency-replayed"];
          location: components["headers"]["location"];
          "x-budget-warning": components["headers"]["x-budget-warning"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["AcceptedExecution"] };
      };
    };
  };
  listGates: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { gates: components["schemas"]["Gate"][] } };
      };
    };
  };
  listLabels: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { labels: components["schemas"]["Label"][] } };
      };
    };
  };
  setLabel: {
    parameters: { query?: never; header?: never; path: { id: string; label: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewLabelInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Label"] };
      };
    };
  };
  removeLabel: {
    parameters: { query?: never; header?: never; path: { id: string; label: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  setGate: {
    parameters: { query?: never; header?: never; path: { id: string; label: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewGateInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Gate"] };
      };
    };
  };
  removeGate: {
    parameters: { query?: never; header?: never; path: { id: string; label: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  listOverrides: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { overrides: components["schemas"]["Override"][] } };
      };
    };
  };
  addPromptVersion: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewPromptVersionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["PromptVersion"] };
      };
    };
  };
  readPromptVersion: {
    parameters: { query?: never; header?: never; path: { id: string; version: number }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["PromptVersion"] };
      };
    };
  };
  createSession: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tokens"] };
      };
    };
  };
  refreshSession: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": { refreshToken: string } } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Tokens"] };
      };
    };
  };
  readUsage: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Usage"] };
      };
    };
  };
  readDailyUsage: {
    parameters: {
      query?: {
        /** @description The first day (UTC). By default, 29 days before the last. */
        from?: string;
        /** @description The last day (UTC), at most 365 days after the first. By default, today. */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["UsageDays"] };
      };
    };
  };
  exportUsage: {
    parameters: {
      query?: {
        format?: "csv" | "ndjson";
        /** @description The first day (UTC). By default, 29 days before the last. */
        from?: string;
        /** @description The last day (UTC), at most 365 days after the first. By default, today. */
        to?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/x-ndjson": string; "text/csv": string };
      };
    };
  };
  listUsageExports: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { exports: components["schemas"]["Export"][] } };
      };
    };
  };
  createUsageExport: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewUsageExportInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The execution was accepted: it is committed, and runs later. */
      202: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Export"] };
      };
    };
  };
  readUsageExport: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ExportWithDownload"] };
      };
    };
  };
  listUsers: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { users: components["schemas"]["User"][] } };
      };
    };
  };
  inviteUser: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewUserInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Invited"] };
      };
    };
  };
  removeUser: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  changeUser: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["UserChangesInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["User"] };
      };
    };
  };
  exportUser: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/x-ndjson": string };
      };
    };
  };
  inviteUserAgain: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Invited"] };
      };
    };
  };
  resetPassword: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Invited"] };
      };
    };
  };
  readSignedInUser: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["SignedInUser"] };
      };
    };
  };
  exportOwnUser: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/x-ndjson": string };
      };
    };
  };
  changePassword: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewPasswordInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  createChatCompletion: {
    parameters: { query?: never; header?: { "idempotency-key"?: string }; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["ChatRequestInput"] } };
    responses: {
      /** @description An error in OpenAI's format. */
      "4XX": {
        headers: {
          allow: components["headers"]["allow"];
          "retry-after": components["headers"]["retry-after"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatError"] };
      };
      /** @description An error in OpenAI's format. */
      "5XX": {
        headers: {
          allow: components["headers"]["allow"];
          "retry-after": components["headers"]["retry-after"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatError"] };
      };
      /** @description The request succeeded. */
      200: {
        headers: {
          "idempotency-replayed": components["headers"]["idempotency-replayed"];
          location: components["headers"]["location"];
          "x-budget-warning": components["headers"]["x-budget-warning"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatCompletion"]; "text/event-stream": string };
      };
    };
  };
  listModelsForOpenAI: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description An error in OpenAI's format. */
      "4XX": {
        headers: {
          allow: components["headers"]["allow"];
          "retry-after": components["headers"]["retry-after"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatError"] };
      };
      /** @description An error in OpenAI's format. */
      "5XX": {
        headers: {
          allow: components["headers"]["allow"];
          "retry-after": components["headers"]["retry-after"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatError"] };
      };
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["ListedModel"][];
            /** @enum {string} */
            object: "list";
          };
        };
      };
    };
  };
  readModelForOpenAI: {
    parameters: { query?: never; header?: never; path: { model: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description An error in OpenAI's format. */
      "4XX": {
        headers: {
          allow: components["headers"]["allow"];
          "retry-after": components["headers"]["retry-after"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatError"] };
      };
      /** @description An error in OpenAI's format. */
      "5XX": {
        headers: {
          allow: components["headers"]["allow"];
          "retry-after": components["headers"]["retry-after"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ChatError"] };
      };
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["ListedModel"] };
      };
    };
  };
  listWebhooks: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { webhooks: components["schemas"]["Webhook"][] } };
      };
    };
  };
  createWebhook: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewWebhookInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WebhookWithSecret"] };
      };
    };
  };
  readWebhook: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Webhook"] };
      };
    };
  };
  deleteWebhook: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      204: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  changeWebhook: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["WebhookChangesInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Webhook"] };
      };
    };
  };
  listWebhookDeliveries: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
        state?: "pending" | "delivered" | "failed";
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { deliveries: components["schemas"]["WebhookDelivery"][] } };
      };
    };
  };
  readWebhookDelivery: {
    parameters: { query?: never; header?: never; path: { delivery: string; id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WebhookDeliveryDetail"] };
      };
    };
  };
  resendWebhook: {
    parameters: { query?: never; header?: never; path: { delivery: string; id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WebhookDeliveryDetail"] };
      };
    };
  };
  rotateWebhookSecret: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WebhookWithSecret"] };
      };
    };
  };
  testWebhook: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WebhookDeliveryDetail"] };
      };
    };
  };
  listWorkflows: {
    parameters: {
      query?: {
        /** @description The last id of the previous page. */
        before?: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": { workflows: components["schemas"]["Workflow"][] } };
      };
    };
  };
  createWorkflow: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewWorkflowInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Workflow"] };
      };
    };
  };
  readWorkflow: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["Workflow"] };
      };
    };
  };
  executeWorkflow: {
    parameters: { query?: never; header?: { "idempotency-key"?: string }; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewWorkflowExecutionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The execution was accepted: it is committed, and runs later. */
      202: {
        headers: {
          "idempotency-replayed": components["headers"]["idempotency-replayed"];
          location: components["headers"]["location"];
          "x-budget-warning": components["headers"]["x-budget-warning"];
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["AcceptedExecution"] };
      };
    };
  };
  addWorkflowVersion: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": components["schemas"]["NewWorkflowVersionInput"] } };
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The resource was created. */
      201: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WorkflowVersion"] };
      };
    };
  };
  readWorkflowVersion: {
    parameters: { query?: never; header?: never; path: { id: string; version: number }; cookie?: never };
    requestBody?: never;
    responses: {
      "4XX": components["responses"]["Problem"];
      "5XX": components["responses"]["Problem"];
      /** @description The request succeeded. */
      200: {
        headers: {
          "x-ratelimit-limit": components["headers"]["x-ratelimit-limit"];
          "x-ratelimit-remaining": components["headers"]["x-ratelimit-remaining"];
          "x-ratelimit-reset": components["headers"]["x-ratelimit-reset"];
          "x-request-id": components["headers"]["x-request-id"];
          [name: string]: unknown;
        };
        content: { "application/json": components["schemas"]["WorkflowVersion"] };
      };
    };
  };
}
