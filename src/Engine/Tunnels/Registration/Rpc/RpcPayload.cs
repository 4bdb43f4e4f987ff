using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>The content of a call or an answer, with the capabilities that it mentions: <c>| content AnyPointer, capTable List(CapDescriptor)</c>.</summary>
internal readonly struct RpcPayload(StructReader source)
{
    /// <summary>The parameters or results.</summary>
    public PointerReader Content => source.Pointer(0);

    /// <summary>The content as a capability, or null when it is something else.</summary>
    public RpcCapability? Capability
    {
        get
        {
            if (Content.AsCapability() is not { } index)
            {
                return null;
            }

            var table = source.Pointer(1).AsList();
            if (index >= (uint)table.Count)
            {
                throw new MessageFormatException("A capability is not in the message's table.");
            }

            var entry = table.Struct((int)index);
            return new RpcCapability((RpcCapabilityKind)entry.U16(0), entry.U32(4));
        }
    }

    /// <summary>Writes content, then the table: empty, and last in the message, where the reference writes it.</summary>
    public static void Write(StructBuilder owner, int pointer, IRpcStruct content)
    {
        var payload = owner.Struct(pointer, 0, 2);
        content.Write(payload.Struct(0, content.DataWords, content.PointerCount));
        payload.StructList(1, 0, 1, 1);
    }

    /// <summary>Writes a capability that the sender exports.</summary>
    public static void WriteCapability(StructBuilder owner, int pointer, uint export)
    {
        var payload = owner.Struct(pointer, 0, 2);
        payload.Capability(0, 0);
        var entry = payload.StructList(1, 1, 1, 1);
        entry.U16(0, (ushort)RpcCapabilityKind.SenderHosted);
        entry.U32(4, export);
    }
}
