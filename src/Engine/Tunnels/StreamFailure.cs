namespace Engine.Tunnels;

/// <summary>Why a stream got no complete answer from its origin.</summary>
/// <param name="Code">A stable code in lower case with hyphens, such as <c>origin-refused</c>.</param>
/// <param name="Status">The status for the visitor when no response head was sent: 502, or 504 on a time-out.</param>
/// <param name="Detail">For the connector's log; it never travels to the edge.</param>
/// <param name="Cause">The exception behind it, if any; for the log.</param>
public readonly record struct StreamFailure(string Code, int Status, string Detail, Exception? Cause);
