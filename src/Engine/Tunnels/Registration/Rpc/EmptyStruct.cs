using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>The parameters or results of a method that has none.</summary>
internal sealed record EmptyStruct : IRpcStruct
{
    public static EmptyStruct Instance { get; } = new();

    public int DataWords => 0;

    public int PointerCount => 0;

    public void Write(StructBuilder target)
    {
    }
}
