using Engine.Origins;

namespace Engine.Ingress;

/// <summary>Which rule a stream matched; set on the stream's features before its handler is called.</summary>
public interface IOriginFeature
{
    /// <summary>The origin that the stream goes to.</summary>
    Origin Origin { get; }

    /// <summary>The rule that chose it.</summary>
    IngressRule Rule { get; }
}
