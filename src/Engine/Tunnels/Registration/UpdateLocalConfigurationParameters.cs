using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tunnels.Registration;

/// <summary>The parameters of updateLocalConfiguration: one pointer, to JSON as Data.</summary>
internal sealed class UpdateLocalConfigurationParameters(ReadOnlyMemory<byte> json) : IRpcStruct
{
    public ReadOnlyMemory<byte> Json { get; } = json;

    public int DataWords => 0;

    public int PointerCount => 1;

    /// <summary>Reads the parameters of a call.</summary>
    public static UpdateLocalConfigurationParameters Read(StructReader source) => new(source.Octets(0).ToArray());

    public void Write(StructBuilder target) => target.Octets(0, Json.Span);
}
