namespace Engine.Tunnels.Registration.Capnp;

/// <summary>What the elements of a list are, as a list pointer says it.</summary>
internal enum ElementSize
{
    Void,
    Bit,
    Octet,
    TwoOctets,
    FourOctets,
    EightOctets,
    Pointer,
    Composite,
}
