using Engine.Fields;

namespace Engine.Tunnels;

/// <summary>A response head as the visitor should get it.</summary>
/// <remarks>Belongs to its stream, which uses it again: valid until the next head is read or the stream is disposed.</remarks>
public sealed class EdgeResponse
{
    internal EdgeResponse()
    {
    }

    /// <summary>The status for the visitor; 101 when the stream was upgraded.</summary>
    public int Status { get; internal set; }

    /// <summary>The origin's fields, in their order and case, without those that end at this hop; those of an upgrade stay.</summary>
    public FieldList Fields { get; } = new();

    /// <summary>Who made it.</summary>
    public ResponseSource Source { get; internal set; }

    /// <summary>The stable code of the failure, when the connector made the response and both sides know codes; else null.</summary>
    public string? ErrorCode { get; internal set; }

    /// <summary>Whether the connector refused because too many flows run.</summary>
    public bool IsFlowRateLimited { get; internal set; }

    /// <summary>Whether the stream is a byte pipe from here on.</summary>
    public bool IsUpgrade { get; internal set; }

    /// <summary>Whether this is a 1xx and another head follows.</summary>
    public bool IsInformational => Status is >= 100 and < 200 && !IsUpgrade;
}
