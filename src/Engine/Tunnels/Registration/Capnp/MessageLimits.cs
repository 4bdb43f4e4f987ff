namespace Engine.Tunnels.Registration.Capnp;

/// <summary>What a message may ask of its reader.</summary>
internal static class MessageLimits
{
    /// <summary>The most segments a message may have; the same as the reference decoder's.</summary>
    public const int MaxSegments = 512;

    /// <summary>The largest message. The reference takes 64 MiB; the largest honest one is a connector's local configuration, where
    /// a rule takes some 100 octets, so that this is room for 40,000 rules.</summary>
    public const int MaxSize = 4 << 20;

    /// <summary>The largest message from a peer that has not registered: a registration takes about 600 octets.</summary>
    public const int MaxSizeBeforeRegistration = 64 << 10;

    /// <summary>How deep pointers may nest; the usual limit of the encoding's implementations.</summary>
    public const int MaxDepth = 64;

    /// <summary>How often over a message may be read. Pointers may overlap, so that a small message can describe a large tree: the
    /// words visited are counted, and this bounds them. Our decoders visit each word at most three times.</summary>
    public const int TraversalFactor = 8;

    /// <summary>Words that may be visited whatever the size of the message.</summary>
    public const int TraversalBase = 1024;
}
