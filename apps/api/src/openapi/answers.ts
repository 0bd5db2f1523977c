// Written by npm run openapi:types, and compared by npm run check.
import type { Schema } from './schema.js';

/** What the handlers of the management API answer, null for nothing, and the types that they use. */
export const ANSWERS: { operations: Record<string, Schema | null>; schemas: Record<string, Schema> } = {
  "operations": {
    "AccountsController.accept": {
      "$ref": "#/components/schemas/SessionInfo"
    },
    "AccountsController.changePassword": null,
    "AccountsController.find": {
      "$ref": "#/components/schemas/OpenInvitation"
    },
    "AccountsController.rename": {
      "$ref": "#/components/schemas/UserRef"
    },
    "AuditController.export": null,
    "AuditController.list": {
      "$ref": "#/components/schemas/PageOfAuditEvent"
    },
    "AuditReportsController.record": {
      "$ref": "#/components/schemas/AuditReport"
    },
    "AuthorizationRequestsController.decide": {
      "type": "object",
      "properties": {
        "redirect_to": {
          "type": "string"
        }
      },
      "required": [
        "redirect_to"
      ],
      "additionalProperties": false
    },
    "AuthorizationRequestsController.show": {
      "anyOf": [
        {
          "$ref": "#/components/schemas/AuthorizationRequestDetails"
        },
        {
          "$ref": "#/components/schemas/AuthorizationRequestHint"
        }
      ]
    },
    "ClientsController.bulkDelete": {
      "type": "object",
      "properties": {
        "deleted": {
          "type": "integer"
        }
      },
      "required": [
        "deleted"
      ],
      "additionalProperties": false
    },
    "ClientsController.create": {
      "$ref": "#/components/schemas/CreatedClient"
    },
    "ClientsController.delete": null,
    "ClientsController.deleteByPost": null,
    "ClientsController.endPrevious": null,
    "ClientsController.get": {
      "$ref": "#/components/schemas/Client"
    },
    "ClientsController.impact": {
      "$ref": "#/components/schemas/Impact"
    },
    "ClientsController.list": {
      "$ref": "#/components/schemas/PageOfClient"
    },
    "ClientsController.listFailures": {
      "$ref": "#/components/schemas/PageOfClientFailure"
    },
    "ClientsController.preview": {
      "$ref": "#/components/schemas/ClientPreview"
    },
    "ClientsController.rotate": {
      "$ref": "#/components/schemas/RotatedSecret"
    },
    "ClientsController.setStatus": {
      "$ref": "#/components/schemas/Client"
    },
    "ClientsController.update": {
      "$ref": "#/components/schemas/Client"
    },
    "ConnectedAppsController.groups": {
      "$ref": "#/components/schemas/PageOfConnectedApp"
    },
    "ConnectedAppsController.revokeAll": {
      "type": "object",
      "properties": {
        "revoked": {
          "type": "integer"
        }
      },
      "required": [
        "revoked"
      ],
      "additionalProperties": false
    },
    "ConnectedAppsController.rows": {
      "$ref": "#/components/schemas/PageOfTokenRow"
    },
    "ConsentsController.forget": null,
    "ConsentsController.list": {
      "$ref": "#/components/schemas/PageOfConsentRow"
    },
    "DeviceRequestsController.open": {
      "type": "object",
      "properties": {
        "request_id": {
          "type": "string"
        }
      },
      "required": [
        "request_id"
      ],
      "additionalProperties": false
    },
    "EffectiveAccessController.explain": {
      "$ref": "#/components/schemas/EffectiveAccess"
    },
    "OrganizationsController.organizations": {
      "$ref": "#/components/schemas/PageOfOrganization"
    },
    "OrganizationsController.roles": {
      "$ref": "#/components/schemas/PageOfRoleInfo"
    },
    "SessionController.end": null,
    "SessionController.get": {
      "$ref": "#/components/schemas/SessionInfo"
    },
    "SessionController.start": {
      "$ref": "#/components/schemas/SessionInfo"
    },
    "SessionController.switchOrganization": {
      "$ref": "#/components/schemas/SessionInfo"
    },
    "TeamsController.create": {
      "$ref": "#/components/schemas/Team"
    },
    "TeamsController.get": {
      "$ref": "#/components/schemas/Team"
    },
    "TeamsController.list": {
      "$ref": "#/components/schemas/PageOfTeam"
    },
    "TeamsController.listMembers": {
      "$ref": "#/components/schemas/PageOfMember"
    },
    "TeamsController.put": {
      "$ref": "#/components/schemas/Member"
    },
    "TeamsController.remove": null,
    "TeamsController.rename": {
      "$ref": "#/components/schemas/Team"
    },
    "TokensController.narrow": {
      "$ref": "#/components/schemas/TokenRow"
    },
    "TokensController.revoke": null,
    "UiSessionsController.list": {
      "$ref": "#/components/schemas/PageOfUiSession"
    },
    "UiSessionsController.revoke": null,
    "UiSessionsController.revokeOthers": {
      "type": "object",
      "properties": {
        "revoked": {
          "type": "integer"
        }
      },
      "required": [
        "revoked"
      ],
      "additionalProperties": false
    },
    "UsersController.get": {
      "$ref": "#/components/schemas/User"
    },
    "UsersController.impact": {
      "$ref": "#/components/schemas/UserImpact"
    },
    "UsersController.invite": {
      "$ref": "#/components/schemas/InvitedUser"
    },
    "UsersController.list": {
      "$ref": "#/components/schemas/PageOfUser"
    },
    "UsersController.resetPassword": {
      "type": "object",
      "properties": {
        "invitation_url": {
          "type": "string"
        }
      },
      "required": [
        "invitation_url"
      ],
      "additionalProperties": false
    },
    "UsersController.update": {
      "$ref": "#/components/schemas/User"
    }
  },
  "schemas": {
    "AccessPreset": {
      "type": "string",
      "enum": [
        "read_only",
        "full_access"
      ]
    },
    "AccessReason": {
      "type": "string",
      "enum": [
        "no_consent",
        "team_not_consented",
        "consent_read_only",
        "consent_sign_in_only",
        "client_paused",
        "team_restricted",
        "preset_read_only",
        "user_disabled",
        "not_a_member",
        "no_team_counts",
        "role_in_other_team",
        "role_lacks_permission",
        "not_in_one_token"
      ],
      "description": "Why a side of consent ∩ client ∩ user takes a team or a permission away."
    },
    "AppType": {
      "type": "string",
      "const": "user_authorized"
    },
    "AuditAction": {
      "type": "string",
      "enum": [
        "client.created",
        "client.updated",
        "client.paused",
        "client.resumed",
        "client.deleted",
        "client.secret_rotated",
        "client.previous_secret_ended",
        "client.previous_secret_used",
        "client.authentication_refused",
        "consent.given",
        "consent.denied",
        "consent.forgotten",
        "token.issued",
        "token.replayed",
        "token.reused",
        "token.revoked",
        "token.narrowed",
        "code.replayed",
        "session.started",
        "session.refused",
        "session.ended",
        "user.invited",
        "user.updated",
        "user.disabled",
        "user.enabled",
        "user.password_changed",
        "team.created",
        "team.updated",
        "member.added",
        "member.role_changed",
        "member.removed",
        "signing_key.added",
        "signing_key.withdrawn",
        "api.read",
        "api.called",
        "access.denied"
      ]
    },
    "AuditChannel": {
      "type": "string",
      "enum": [
        "ui",
        "oauth",
        "system"
      ]
    },
    "AuditEvent": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "user": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/UserRef"
            },
            {
              "type": "null"
            }
          ]
        },
        "action": {
          "$ref": "#/components/schemas/AuditAction"
        },
        "target_type": {
          "type": [
            "string",
            "null"
          ]
        },
        "target_id": {
          "type": [
            "string",
            "null"
          ]
        },
        "target_name": {
          "type": [
            "string",
            "null"
          ]
        },
        "team_id": {
          "type": [
            "string",
            "null"
          ]
        },
        "channel": {
          "$ref": "#/components/schemas/AuditChannel"
        },
        "client_id": {
          "type": [
            "string",
            "null"
          ],
          "description": "With what it was done; null for the web UI."
        },
        "client_name": {
          "type": [
            "string",
            "null"
          ]
        },
        "token_id": {
          "type": [
            "string",
            "null"
          ]
        },
        "ip_address": {
          "type": [
            "string",
            "null"
          ]
        },
        "user_agent": {
          "type": [
            "string",
            "null"
          ]
        },
        "result": {
          "$ref": "#/components/schemas/AuditResult"
        },
        "reason": {
          "type": [
            "string",
            "null"
          ]
        },
        "count": {
          "type": "integer"
        },
        "changes": {
          "anyOf": [
            {
              "type": "object",
              "additionalProperties": {
                "type": "array",
                "items": {},
                "minItems": 2,
                "maxItems": 2
              }
            },
            {
              "type": "null"
            }
          ]
        },
        "request_id": {
          "type": [
            "string",
            "null"
          ],
          "description": "Names the log line; null for a row that stands for many requests."
        },
        "locations": {
          "type": "object",
          "additionalProperties": {
            "type": "string"
          },
          "description": "Where its addresses are, as is known now."
        },
        "verdict": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/IncidentVerdictCode"
            },
            {
              "type": "null"
            }
          ],
          "description": "What the two uses that the entry holds most likely mean."
        }
      },
      "required": [
        "id",
        "at",
        "user",
        "action",
        "target_type",
        "target_id",
        "target_name",
        "team_id",
        "channel",
        "client_id",
        "client_name",
        "token_id",
        "ip_address",
        "user_agent",
        "result",
        "reason",
        "count",
        "changes",
        "request_id",
        "locations",
        "verdict"
      ],
      "additionalProperties": false
    },
    "AuditReport": {
      "type": "object",
      "properties": {
        "recorded": {
          "type": "integer",
          "description": "Events that stand in the log now, those of an earlier try included."
        },
        "missing": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "description": "Token ids that are not of this organization, or of nobody: their events are not written."
        }
      },
      "required": [
        "recorded",
        "missing"
      ],
      "additionalProperties": false,
      "description": "What became of a report."
    },
    "AuditResult": {
      "type": "string",
      "enum": [
        "success",
        "denied",
        "failure"
      ]
    },
    "AuthorizationRequestDetails": {
      "type": "object",
      "properties": {
        "client_name": {
          "type": "string"
        },
        "redirect_host": {
          "type": "string"
        },
        "access_preset": {
          "$ref": "#/components/schemas/AccessPreset"
        },
        "scope": {
          "type": "string"
        },
        "access_token_lifetime_seconds": {
          "type": "integer"
        },
        "refresh_token_lifetime_seconds": {
          "type": [
            "integer",
            "null"
          ],
          "description": "Null: it cannot renew access on its own."
        },
        "team_selection": {
          "$ref": "#/components/schemas/TeamSelection"
        },
        "selectable_teams": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/SelectableTeam"
          }
        },
        "remembered_team_ids": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "organization": {
          "$ref": "#/components/schemas/Organization"
        },
        "loopback": {
          "type": "boolean"
        },
        "resources": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "description": "Where alone the token will be used, as far as that was asked for; empty: wherever it is taken."
        },
        "device": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/DeviceOrigin"
            },
            {
              "type": "null"
            }
          ],
          "description": "When and from where a device asked that has no browser of its own; null for a request of the browser's. Nothing is sent back then."
        },
        "login_hint": {
          "type": [
            "string",
            "null"
          ]
        },
        "user": {
          "$ref": "#/components/schemas/UserRef"
        }
      },
      "required": [
        "client_name",
        "redirect_host",
        "access_preset",
        "scope",
        "access_token_lifetime_seconds",
        "refresh_token_lifetime_seconds",
        "team_selection",
        "selectable_teams",
        "remembered_team_ids",
        "organization",
        "loopback",
        "resources",
        "device",
        "login_hint",
        "user"
      ],
      "additionalProperties": false
    },
    "AuthorizationRequestHint": {
      "type": "object",
      "properties": {
        "client_name": {
          "type": "string"
        },
        "login_hint": {
          "type": [
            "string",
            "null"
          ]
        },
        "user": {
          "type": "null"
        }
      },
      "required": [
        "client_name",
        "login_hint",
        "user"
      ],
      "additionalProperties": false,
      "description": "What is told before somebody has signed in."
    },
    "Client": {
      "type": "object",
      "properties": {
        "client_name": {
          "type": "string"
        },
        "client_type": {
          "$ref": "#/components/schemas/ClientType"
        },
        "app_type": {
          "$ref": "#/components/schemas/AppType"
        },
        "team_selection": {
          "$ref": "#/components/schemas/TeamSelection"
        },
        "team_restrictions": {
          "$ref": "#/components/schemas/TeamRestrictions"
        },
        "access_preset": {
          "$ref": "#/components/schemas/AccessPreset"
        },
        "access_token_lifetime_seconds": {
          "type": "integer"
        },
        "issue_refresh_token": {
          "type": "boolean"
        },
        "refresh_token_lifetime_seconds": {
          "type": "integer"
        },
        "redirect_uris": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "resource_server": {
          "type": "boolean"
        },
        "resources": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "description": "The identifiers of the API behind a resource server (RFC 8707), which tokens can be bound to."
        },
        "require_pushed_authorization_requests": {
          "type": "boolean",
          "description": "Takes authorization requests that were pushed alone (RFC 9126 §5)."
        },
        "dpop_bound_access_tokens": {
          "type": "boolean",
          "description": "Gets tokens that are bound to a key alone (RFC 9449 §5.2)."
        },
        "device_authorization": {
          "type": "boolean",
          "description": "May ask for a user who is elsewhere, by a code (RFC 8628)."
        },
        "client_id": {
          "type": "string"
        },
        "status": {
          "$ref": "#/components/schemas/ClientStatus"
        },
        "status_reason": {
          "type": [
            "string",
            "null"
          ]
        },
        "resume_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        },
        "secret": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/ClientSecretInfo"
            },
            {
              "type": "null"
            }
          ]
        },
        "previous_secret": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/PreviousSecretInfo"
            },
            {
              "type": "null"
            }
          ]
        },
        "notices": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/NoticeCode"
          }
        },
        "created_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "created_by": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/UserRef"
            },
            {
              "type": "null"
            }
          ]
        },
        "updated_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "last_used_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        },
        "live_tokens": {
          "type": "integer"
        },
        "version": {
          "type": "integer"
        }
      },
      "required": [
        "access_preset",
        "access_token_lifetime_seconds",
        "app_type",
        "client_id",
        "client_name",
        "client_type",
        "created_at",
        "created_by",
        "device_authorization",
        "dpop_bound_access_tokens",
        "issue_refresh_token",
        "last_used_at",
        "live_tokens",
        "notices",
        "previous_secret",
        "redirect_uris",
        "refresh_token_lifetime_seconds",
        "require_pushed_authorization_requests",
        "resource_server",
        "resources",
        "resume_at",
        "secret",
        "status",
        "status_reason",
        "team_restrictions",
        "team_selection",
        "updated_at",
        "version"
      ],
      "additionalProperties": false
    },
    "ClientFailure": {
      "type": "object",
      "properties": {
        "at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "endpoint": {
          "type": "string"
        },
        "reason": {
          "type": "string",
          "description": "One of FAILURE_REASONS."
        },
        "received": {
          "type": [
            "string",
            "null"
          ],
          "description": "What was sent and did not fit; of a secret only its hint, of a code or token nothing."
        },
        "registered": {
          "anyOf": [
            {
              "type": "array",
              "items": {
                "type": "string"
              }
            },
            {
              "type": "null"
            }
          ]
        },
        "request_id": {
          "type": "string"
        },
        "ip_address": {
          "type": [
            "string",
            "null"
          ]
        }
      },
      "required": [
        "at",
        "endpoint",
        "reason",
        "received",
        "registered",
        "request_id",
        "ip_address"
      ],
      "additionalProperties": false
    },
    "ClientPreview": {
      "type": "object",
      "properties": {
        "ends": {
          "type": "integer"
        },
        "narrows": {
          "type": "integer"
        },
        "risks": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/RiskCode"
          }
        }
      },
      "required": [
        "ends",
        "narrows",
        "risks"
      ],
      "additionalProperties": false
    },
    "ClientSecretInfo": {
      "type": "object",
      "properties": {
        "hint": {
          "type": "string"
        },
        "created_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "last_used_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        },
        "last_used_ip": {
          "type": [
            "string",
            "null"
          ]
        }
      },
      "required": [
        "hint",
        "created_at",
        "last_used_at",
        "last_used_ip"
      ],
      "additionalProperties": false
    },
    "ClientStatus": {
      "type": "string",
      "enum": [
        "enabled",
        "disabled"
      ]
    },
    "ClientType": {
      "type": "string",
      "enum": [
        "confidential",
        "public"
      ]
    },
    "ConnectedApp": {
      "type": "object",
      "properties": {
        "client_id": {
          "type": "string"
        },
        "client_name": {
          "type": "string"
        },
        "live_tokens": {
          "type": "integer",
          "description": "Exact up to 1,000."
        },
        "ended_tokens": {
          "type": "integer",
          "description": "Those that ended lately, where they are asked for; exact up to 1,000."
        }
      },
      "required": [
        "client_id",
        "client_name",
        "live_tokens"
      ],
      "additionalProperties": false
    },
    "ConsentRow": {
      "type": "object",
      "properties": {
        "client_id": {
          "type": "string"
        },
        "client_name": {
          "type": "string"
        },
        "scope": {
          "type": "string"
        },
        "teams": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/TeamRef"
          }
        },
        "resources": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "description": "The APIs that it is for alone; none where it is for no one in particular."
        },
        "given_at": {
          "$ref": "#/components/schemas/Timestamp"
        }
      },
      "required": [
        "client_id",
        "client_name",
        "scope",
        "teams",
        "resources",
        "given_at"
      ],
      "additionalProperties": false
    },
    "CreatedClient": {
      "type": "object",
      "properties": {
        "client": {
          "$ref": "#/components/schemas/Client"
        },
        "client_secret": {
          "type": "string"
        }
      },
      "required": [
        "client"
      ],
      "additionalProperties": false
    },
    "DeviceOrigin": {
      "type": "object",
      "properties": {
        "requested_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "ip_address": {
          "type": [
            "string",
            "null"
          ]
        },
        "location": {
          "type": "string"
        }
      },
      "required": [
        "requested_at",
        "ip_address",
        "location"
      ],
      "additionalProperties": false
    },
    "EffectiveAccess": {
      "type": "object",
      "properties": {
        "client": {
          "type": "object",
          "properties": {
            "client_id": {
              "type": "string"
            },
            "client_name": {
              "type": "string"
            },
            "status": {
              "$ref": "#/components/schemas/ClientStatus"
            },
            "access_preset": {
              "$ref": "#/components/schemas/AccessPreset"
            },
            "restricted": {
              "type": "boolean",
              "description": "It may act on some teams alone."
            }
          },
          "required": [
            "client_id",
            "client_name",
            "status",
            "access_preset",
            "restricted"
          ],
          "additionalProperties": false
        },
        "user": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "status": {
              "$ref": "#/components/schemas/UserStatus"
            },
            "id": {
              "type": "string"
            },
            "email": {
              "type": "string"
            },
            "name": {
              "type": "string"
            }
          },
          "required": [
            "email",
            "id",
            "name",
            "status"
          ]
        },
        "basis": {
          "type": "string",
          "enum": [
            "tokens",
            "approval",
            "none"
          ],
          "description": "What the consent side rests on: live tokens, or the approval that is remembered while there is none."
        },
        "live_tokens": {
          "type": "integer"
        },
        "consented_scope": {
          "type": "string",
          "description": "Of all that it rests on together."
        },
        "teams": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "id": {
                "type": "string"
              },
              "name": {
                "type": "string"
              },
              "role": {
                "anyOf": [
                  {
                    "$ref": "#/components/schemas/Role"
                  },
                  {
                    "type": "null"
                  }
                ],
                "description": "The user's, in this team."
              },
              "consent": {
                "type": "boolean"
              },
              "client": {
                "type": "boolean"
              },
              "user": {
                "type": "boolean"
              },
              "result": {
                "type": "boolean"
              },
              "reasons": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/AccessReason"
                }
              }
            },
            "required": [
              "id",
              "name",
              "role",
              "consent",
              "client",
              "user",
              "result",
              "reasons"
            ],
            "additionalProperties": false
          }
        },
        "permissions": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "permission": {
                "$ref": "#/components/schemas/Permission"
              },
              "consent": {
                "type": "boolean"
              },
              "client": {
                "type": "boolean"
              },
              "user": {
                "type": "boolean"
              },
              "result": {
                "type": "boolean"
              },
              "team_ids": {
                "type": "array",
                "items": {
                  "type": "string"
                },
                "description": "Where it holds now."
              },
              "reasons": {
                "type": "array",
                "items": {
                  "$ref": "#/components/schemas/AccessReason"
                }
              }
            },
            "required": [
              "permission",
              "consent",
              "client",
              "user",
              "result",
              "team_ids",
              "reasons"
            ],
            "additionalProperties": false
          }
        }
      },
      "required": [
        "client",
        "user",
        "basis",
        "live_tokens",
        "consented_scope",
        "teams",
        "permissions"
      ],
      "additionalProperties": false
    },
    "Impact": {
      "type": "object",
      "properties": {
        "live_tokens": {
          "type": "integer"
        },
        "users": {
          "type": "integer"
        },
        "last_used_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        }
      },
      "required": [
        "live_tokens",
        "users",
        "last_used_at"
      ],
      "additionalProperties": false
    },
    "IncidentVerdictCode": {
      "type": "string",
      "enum": [
        "likely_race",
        "likely_stored_copy",
        "likely_theft",
        "likely_not_moved",
        "unclear"
      ]
    },
    "Introspection": {
      "anyOf": [
        {
          "type": "object",
          "properties": {
            "active": {
              "type": "boolean",
              "const": false
            }
          },
          "required": [
            "active"
          ],
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "active": {
              "type": "boolean",
              "const": true
            },
            "scope": {
              "type": "string"
            },
            "client_id": {
              "type": "string"
            },
            "exp": {
              "type": "integer",
              "description": "Seconds since the epoch, like `iat`."
            },
            "iat": {
              "type": "integer"
            },
            "sub": {
              "type": "string"
            },
            "username": {
              "type": "string"
            },
            "token_type": {
              "type": "string",
              "enum": [
                "Bearer",
                "DPoP"
              ],
              "description": "Not for a refresh token."
            },
            "cnf": {
              "type": "object",
              "properties": {
                "jkt": {
                  "type": "string"
                }
              },
              "required": [
                "jkt"
              ],
              "additionalProperties": false,
              "description": "The key that the token is bound to, by its thumbprint (RFC 9449 §6.2); only of one that is."
            },
            "aud": {
              "anyOf": [
                {
                  "type": "string"
                },
                {
                  "type": "array",
                  "items": {
                    "type": "string"
                  }
                }
              ],
              "description": "The issuer, where the token is for no resource in particular."
            },
            "iss": {
              "type": "string"
            },
            "jti": {
              "type": "string"
            },
            "token_id": {
              "type": "string"
            },
            "authorized_team_ids": {
              "type": "array",
              "items": {
                "type": "string"
              }
            },
            "team_roles": {
              "type": "object",
              "additionalProperties": {
                "$ref": "#/components/schemas/Role"
              }
            }
          },
          "required": [
            "active",
            "scope",
            "client_id",
            "exp",
            "iat",
            "sub",
            "username",
            "aud",
            "iss",
            "jti",
            "token_id",
            "authorized_team_ids",
            "team_roles"
          ],
          "additionalProperties": false
        }
      ]
    },
    "InvitedUser": {
      "type": "object",
      "properties": {
        "user": {
          "$ref": "#/components/schemas/User"
        },
        "invitation_url": {
          "type": "string"
        }
      },
      "required": [
        "user",
        "invitation_url"
      ],
      "additionalProperties": false
    },
    "Member": {
      "type": "object",
      "properties": {
        "user": {
          "$ref": "#/components/schemas/UserRef"
        },
        "role": {
          "$ref": "#/components/schemas/Role"
        }
      },
      "required": [
        "user",
        "role"
      ],
      "additionalProperties": false
    },
    "NoticeCode": {
      "type": "string",
      "enum": [
        "full_access",
        "long_access_lifetime",
        "refresh_over_30_days",
        "unrestricted_teams",
        "loopback_only",
        "unused_90_days"
      ]
    },
    "OAuthErrorCode": {
      "type": "string",
      "enum": [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "unsupported_token_type",
        "invalid_scope",
        "invalid_target",
        "authorization_pending",
        "slow_down",
        "expired_token",
        "access_denied",
        "server_error",
        "temporarily_unavailable",
        "login_required",
        "consent_required",
        "interaction_required",
        "request_not_supported",
        "request_uri_not_supported",
        "registration_not_supported",
        "invalid_token",
        "invalid_dpop_proof",
        "use_dpop_nonce",
        "insufficient_scope"
      ]
    },
    "OAuthErrorDocument": {
      "type": "object",
      "properties": {
        "error": {
          "$ref": "#/components/schemas/OAuthErrorCode"
        },
        "error_description": {
          "type": "string"
        }
      },
      "required": [
        "error",
        "error_description"
      ],
      "additionalProperties": false
    },
    "OpenInvitation": {
      "type": "object",
      "properties": {
        "user": {
          "type": "object",
          "properties": {
            "email": {
              "type": "string"
            },
            "name": {
              "type": "string"
            }
          },
          "required": [
            "email",
            "name"
          ],
          "additionalProperties": false
        },
        "organization_name": {
          "type": "string"
        },
        "expires_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "has_password": {
          "type": "boolean",
          "description": "The user has one already: the link resets it."
        }
      },
      "required": [
        "user",
        "organization_name",
        "expires_at",
        "has_password"
      ],
      "additionalProperties": false,
      "description": "Whom a link that was not used yet lets set a password."
    },
    "Organization": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "name": {
          "type": "string"
        }
      },
      "required": [
        "id",
        "name"
      ],
      "additionalProperties": false
    },
    "PageOfAuditEvent": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/AuditEvent"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfClient": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Client"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfClientFailure": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/ClientFailure"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfConnectedApp": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/ConnectedApp"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfConsentRow": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/ConsentRow"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfMember": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Member"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfOrganization": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Organization"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfRoleInfo": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/RoleInfo"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfTeam": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Team"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfTokenRow": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/TokenRow"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfUiSession": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/UiSession"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "PageOfUser": {
      "type": "object",
      "properties": {
        "items": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/User"
          }
        },
        "next_cursor": {
          "type": [
            "string",
            "null"
          ]
        },
        "total": {
          "type": "integer",
          "description": "Exact up to 10,000."
        },
        "total_is_capped": {
          "type": "boolean"
        }
      },
      "required": [
        "items",
        "next_cursor",
        "total",
        "total_is_capped"
      ],
      "additionalProperties": false
    },
    "Permission": {
      "type": "string",
      "enum": [
        "OAUTH_CLIENT_READ",
        "OAUTH_CLIENT_MANAGE",
        "SESSION_READ",
        "SESSION_MANAGE",
        "USER_READ",
        "USER_MANAGE",
        "TEAM_READ",
        "TEAM_MANAGE",
        "AUDIT_READ"
      ]
    },
    "PreviousSecretInfo": {
      "type": "object",
      "properties": {
        "hint": {
          "type": "string"
        },
        "expires_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "last_used_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        },
        "last_used_ip": {
          "type": [
            "string",
            "null"
          ]
        },
        "uses": {
          "type": "integer"
        }
      },
      "required": [
        "hint",
        "expires_at",
        "last_used_at",
        "last_used_ip",
        "uses"
      ],
      "additionalProperties": false
    },
    "RiskCode": {
      "type": "string",
      "const": "long_lived_full_access"
    },
    "Role": {
      "type": "string",
      "enum": [
        "platform_admin",
        "security_user",
        "standard_user",
        "read_only_user"
      ]
    },
    "RoleInfo": {
      "type": "object",
      "properties": {
        "role": {
          "$ref": "#/components/schemas/Role"
        },
        "name": {
          "type": "string"
        },
        "permissions": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Permission"
          }
        }
      },
      "required": [
        "role",
        "name",
        "permissions"
      ],
      "additionalProperties": false
    },
    "RotatedSecret": {
      "type": "object",
      "properties": {
        "client_secret": {
          "type": "string"
        },
        "previous_secret_expires_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        }
      },
      "required": [
        "client_secret",
        "previous_secret_expires_at"
      ],
      "additionalProperties": false
    },
    "SelectableTeam": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "name": {
          "type": "string"
        },
        "organization_id": {
          "type": "string"
        },
        "organization_name": {
          "type": "string"
        }
      },
      "required": [
        "id",
        "name",
        "organization_id",
        "organization_name"
      ],
      "additionalProperties": false
    },
    "SessionInfo": {
      "type": "object",
      "properties": {
        "user": {
          "$ref": "#/components/schemas/UserRef"
        },
        "organization": {
          "$ref": "#/components/schemas/Organization"
        },
        "organizations": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Organization"
          }
        },
        "permissions": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/Permission"
          }
        },
        "issuer": {
          "type": "string",
          "description": "Where integrations find this server; the browser may have come by another name."
        },
        "support_url": {
          "type": [
            "string",
            "null"
          ],
          "description": "Whom to ask for a permission, when the server names somebody."
        }
      },
      "required": [
        "user",
        "organization",
        "organizations",
        "permissions",
        "issuer",
        "support_url"
      ],
      "additionalProperties": false
    },
    "Team": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "name": {
          "type": "string"
        },
        "organization_id": {
          "type": "string"
        },
        "members": {
          "type": "integer"
        }
      },
      "required": [
        "id",
        "members",
        "name",
        "organization_id"
      ],
      "additionalProperties": false
    },
    "TeamRef": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "name": {
          "type": "string"
        },
        "organization_id": {
          "type": "string"
        }
      },
      "required": [
        "id",
        "name",
        "organization_id"
      ],
      "additionalProperties": false
    },
    "TeamRestrictions": {
      "type": "object",
      "properties": {
        "team_ids": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "organization_ids": {
          "type": "array",
          "items": {
            "type": "string"
          }
        }
      },
      "required": [
        "team_ids",
        "organization_ids"
      ],
      "additionalProperties": false,
      "description": "Both empty: every team of the client's own organization."
    },
    "TeamSelection": {
      "type": "string",
      "enum": [
        "single",
        "multiple"
      ]
    },
    "Timestamp": {
      "type": "string",
      "description": "ISO 8601, UTC.",
      "format": "date-time"
    },
    "TokenResponse": {
      "type": "object",
      "properties": {
        "access_token": {
          "type": "string"
        },
        "token_type": {
          "type": "string",
          "enum": [
            "Bearer",
            "DPoP"
          ],
          "description": "`DPoP` for a token that is bound to the key of the proof that came with the request (RFC 9449 §5)."
        },
        "expires_in": {
          "type": "integer"
        },
        "scope": {
          "type": "string"
        },
        "refresh_token": {
          "type": "string"
        },
        "id_token": {
          "type": "string"
        }
      },
      "required": [
        "access_token",
        "token_type",
        "expires_in",
        "scope"
      ],
      "additionalProperties": false,
      "description": "What the OAuth endpoints answer."
    },
    "TokenRow": {
      "type": "object",
      "properties": {
        "token_id": {
          "type": "string"
        },
        "status": {
          "$ref": "#/components/schemas/TokenStatus"
        },
        "created_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "last_used_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ]
        },
        "expires_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "ended_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ],
          "description": "When it was revoked, or ran out; null while it lives, and where it ended with its client or user as a whole."
        },
        "scope": {
          "type": "string"
        },
        "teams": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/TeamRef"
          }
        },
        "granted": {
          "type": "object",
          "properties": {
            "scope": {
              "type": "string"
            },
            "teams": {
              "type": "array",
              "items": {
                "$ref": "#/components/schemas/TeamRef"
              }
            }
          },
          "required": [
            "scope",
            "teams"
          ],
          "additionalProperties": false,
          "description": "What the authorization still holds, whatever of it counts now."
        },
        "resources": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "description": "The APIs that it is for alone; none where it is for no one in particular."
        },
        "user": {
          "$ref": "#/components/schemas/UserRef"
        }
      },
      "required": [
        "token_id",
        "status",
        "created_at",
        "last_used_at",
        "expires_at",
        "ended_at",
        "scope",
        "teams",
        "granted",
        "resources",
        "user"
      ],
      "additionalProperties": false
    },
    "TokenStatus": {
      "type": "string",
      "enum": [
        "active",
        "suspended",
        "expired",
        "revoked"
      ]
    },
    "UiSession": {
      "type": "object",
      "properties": {
        "session_id": {
          "type": "string"
        },
        "current": {
          "type": "boolean"
        },
        "client": {
          "type": "object",
          "properties": {
            "browser": {
              "type": "string"
            },
            "os": {
              "type": "string"
            },
            "device": {
              "type": "string"
            }
          },
          "required": [
            "browser",
            "os",
            "device"
          ],
          "additionalProperties": false
        },
        "location": {
          "type": "string"
        },
        "status": {
          "type": "string",
          "enum": [
            "active",
            "idle"
          ]
        },
        "ip_address": {
          "type": [
            "string",
            "null"
          ]
        },
        "last_active_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "expires_at": {
          "$ref": "#/components/schemas/Timestamp"
        },
        "user": {
          "$ref": "#/components/schemas/UserRef"
        }
      },
      "required": [
        "session_id",
        "current",
        "client",
        "location",
        "status",
        "ip_address",
        "last_active_at",
        "expires_at",
        "user"
      ],
      "additionalProperties": false
    },
    "User": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "email": {
          "type": "string"
        },
        "name": {
          "type": "string"
        },
        "status": {
          "$ref": "#/components/schemas/UserStatus"
        },
        "home_organization_id": {
          "type": "string",
          "description": "Only its administrators decide on name, status and password."
        },
        "has_password": {
          "type": "boolean",
          "description": "False until the invitation was accepted."
        },
        "invitation_expires_at": {
          "anyOf": [
            {
              "$ref": "#/components/schemas/Timestamp"
            },
            {
              "type": "null"
            }
          ],
          "description": "Until when an open link sets the password; only the home organization is told."
        },
        "teams": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "id": {
                "type": "string"
              },
              "name": {
                "type": "string"
              },
              "role": {
                "$ref": "#/components/schemas/Role"
              }
            },
            "required": [
              "id",
              "name",
              "role"
            ],
            "additionalProperties": false
          }
        }
      },
      "required": [
        "email",
        "has_password",
        "home_organization_id",
        "id",
        "invitation_expires_at",
        "name",
        "status",
        "teams"
      ],
      "additionalProperties": false
    },
    "UserImpact": {
      "type": "object",
      "properties": {
        "live_tokens": {
          "type": "integer"
        },
        "clients": {
          "type": "integer"
        }
      },
      "required": [
        "live_tokens",
        "clients"
      ],
      "additionalProperties": false
    },
    "UserInfo": {
      "type": "object",
      "properties": {
        "sub": {
          "type": "string"
        },
        "email": {
          "type": "string"
        },
        "email_verified": {
          "type": "boolean"
        },
        "name": {
          "type": "string"
        },
        "authorized_teams": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/TeamRef"
          }
        },
        "teams": {
          "type": "array",
          "items": {
            "$ref": "#/components/schemas/TeamRef"
          }
        }
      },
      "required": [
        "sub",
        "email",
        "email_verified",
        "name",
        "authorized_teams",
        "teams"
      ],
      "additionalProperties": false
    },
    "UserRef": {
      "type": "object",
      "properties": {
        "id": {
          "type": "string"
        },
        "email": {
          "type": "string"
        },
        "name": {
          "type": "string"
        }
      },
      "required": [
        "id",
        "email",
        "name"
      ],
      "additionalProperties": false
    },
    "UserStatus": {
      "type": "string",
      "enum": [
        "active",
        "disabled"
      ]
    },
    "Violation": {
      "type": "object",
      "properties": {
        "pointer": {
          "type": "string"
        },
        "code": {
          "type": "string"
        },
        "detail": {
          "type": "string"
        }
      },
      "required": [
        "pointer",
        "code",
        "detail"
      ],
      "additionalProperties": false,
      "description": "A rule that a value breaks: where (a JSON Pointer, or the name of a query parameter), which, and in words."
    }
  }
};
