namespace Engine.Tunnels;

/// <summary>Who made a response: it decides whether the edge may replace it by a page of its own.</summary>
public enum ResponseSource
{
    /// <summary>The origin, or an ingress rule that answers by itself.</summary>
    Origin,

    /// <summary>The connector, because the origin gave no usable answer.</summary>
    Connector,
}
