namespace Engine.Origins;

/// <summary>The <c>access</c> object of a rule: which token a request must carry.</summary>
/// <param name="Required">Whether a request without a valid token is refused.</param>
/// <param name="TeamName">The team whose keys sign the token.</param>
/// <param name="AudienceTags">The audiences of which the token must name one.</param>
/// <param name="Environment">Empty, or <c>fed</c>.</param>
public sealed record AccessOptions(bool Required, string TeamName, IReadOnlyList<string> AudienceTags, string? Environment);
