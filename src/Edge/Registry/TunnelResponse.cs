using Engine.Fields;

namespace Engine.Edge.Registry;

/// <summary>A response head from a tunnel.</summary>
/// <param name="Status">The status for the visitor; 101 when the stream was upgraded.</param>
/// <param name="Fields">The origin's fields; they belong to the stream and are valid until the next head is read.</param>
/// <param name="IsFailure">Whether the connector made it because the origin gave no usable answer.</param>
/// <param name="ErrorCode">The failure's stable code, where the connector told it.</param>
/// <param name="IsUpgrade">Whether the stream is a byte pipe from here on.</param>
/// <param name="IsOverloaded">Whether the connector refused because too many flows run.</param>
internal readonly record struct TunnelResponse(
    int Status, FieldList Fields, bool IsFailure = false, string? ErrorCode = null, bool IsUpgrade = false, bool IsOverloaded = false)
{
    /// <summary>Whether another head follows.</summary>
    public bool IsInformational => Status is >= 100 and < 200 && !IsUpgrade;
}
