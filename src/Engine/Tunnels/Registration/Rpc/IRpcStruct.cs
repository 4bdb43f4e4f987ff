using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>The parameters of a call, or its results.</summary>
internal interface IRpcStruct
{
    /// <summary>The length of the data section in words.</summary>
    int DataWords { get; }

    /// <summary>The length of the pointer section.</summary>
    int PointerCount { get; }

    /// <summary>Fills the struct in. Order matters: it is the order of the octets on the wire.</summary>
    void Write(StructBuilder target);
}
